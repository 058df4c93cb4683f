/**
 * Whether a name (of a key, an environment variable, a flag, a header) says that its value is a secret. The words are the
 * whole rule: a name counts if one of them is in it, unless it ends like a reference to a secret, a setting about one, or
 * begins like a switch. `clientSecret`, `DB_PASSWORD`, `--api-key` do; `secretName`, `tokenExpirationSeconds`,
 * `automountServiceAccountToken` do not.
 */

/** Anywhere in the name, separators and letter case left out. */
const ANYWHERE = [
  "password",
  "passwd",
  "passphrase",
  "passcode",
  "credential",
  "apikey",
  "accesskey",
  "secretkey",
  "privatekey",
  "accountkey",
  "sharedkey",
  "encryptionkey",
  "signingkey",
  "masterkey",
  "licensekey",
  "authkey",
  "hostkey",
  "sshkey",
  "connectionstring",
  "sharedaccesskey",
  "secretid",
];

/** At the end of one of the name's words. */
const WORD_ENDS = ["secret", "token", "tokens", "pwd", "jwt"];

/** As the last word. */
const LAST_WORD = ["pass", "authorization", "cookie", "cookies", "dsn", "psk", "otp"];

/** The last word of names that are about a secret and do not hold one. */
const NEUTRAL_END = new Set(
  (
    "name names ref refs reference references selector namespace namespaces path paths file files filename dir directory type types kind version " +
    "ids enabled disabled policy policies store class classes count size ttl seconds minutes hours days expiration expiry expires " +
    "audience audiences mode modes template provider providers manager managers interval url urls uri endpoint endpoints issuer lifetime duration " +
    "length format algorithm alg request requests review reviews reviewer generator controller cleaner host port prefix suffix " +
    "rotation required method methods location mount mounts volume status state usage time timestamp at by annotation annotations label labels " +
    "limit limits period signer domain samesite secure age checker validation validator resolver driver budget source"
  ).split(" "),
);

/** Ends of a lower-case compound that make it a reference. */
const NEUTRAL_COMPOUND = /(?:name|names|ref|refs|file|path|paths|url|ttl|policy|namespace|seconds|store|id)$/;

/** First words of switches. */
const SWITCH = new Set(
  "automount no has use uses enable disable allow require requires generate create creates is can should with without max min num existing external skip validate rotate".split(
    " ",
  ),
);

/** Keys of a secret's key: `passwordKey: db-pass` names an entry. `accessKey` and its like are in ANYWHERE. */
const KEY_OF = /(?:password|passwd|passphrase|token|secrets|credentials?|username|pass)keys?$/;

const MAX_NAME = 128;
/** Names repeat; those made up to fill the memory are worked out again each time. */
const MAX_REMEMBERED = 20_000;
const remembered = new Map<string, boolean>();

export function isSecretName(name: string): boolean {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const says = saysSecret(name);
  if (remembered.size < MAX_REMEMBERED && name.length <= MAX_NAME) remembered.set(name, says);
  return says;
}

function saysSecret(name: string): boolean {
  const words = wordsOf(name.length > MAX_NAME ? name.slice(-MAX_NAME) : name);
  const last = words.at(-1);
  if (last === undefined) return false;
  const whole = words.join("");
  const says =
    ANYWHERE.some((word) => whole.includes(word)) ||
    words.some((word) => WORD_ENDS.some((end) => word.endsWith(end))) ||
    LAST_WORD.includes(last);
  if (!says) return false;
  if (whole.endsWith("secretid")) return true;
  if (NEUTRAL_END.has(last) || last === "id" || SWITCH.has(words[0]!)) return false;
  return !NEUTRAL_COMPOUND.test(last) && !KEY_OF.test(whole);
}

/** Whether a field beside or below a secret only says where it is: `name`, `key`, `secretKeyRef`, `audience`. */
export function isReferenceName(name: string): boolean {
  const last = wordsOf(name.slice(-MAX_NAME)).at(-1) ?? "";
  return (
    NEUTRAL_END.has(last) ||
    last === "user" ||
    last === "username" ||
    last === "key" ||
    last === "id" ||
    last === "property" ||
    NEUTRAL_COMPOUND.test(last)
  );
}

/** `dbPassword`, `DB_PASSWORD`, `db-password` are all [db, password]. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/**
 * What the names above have in common, to find candidates in a text; no quantifier but `?`, so it is linear.
 * In the lower-case form of TRIGGERS for the prefilter.
 */
export const STEM =
  /pass|pwd|secret|token|credential|jwt|cookie|dsn|authorization|(?:api|access|account|private|shared|encryption|signing|master|license|auth|host|ssh)[-_.]?key|connection[-_. ]?string/gi;

const KEYED = [
  "api",
  "access",
  "account",
  "private",
  "shared",
  "encryption",
  "signing",
  "master",
  "license",
  "auth",
  "host",
  "ssh",
];

export const STEM_TRIGGERS: readonly string[] = [
  ...["pass", "pwd", "secret", "token", "credential", "jwt", "cookie", "dsn", "authorization"],
  ...KEYED.flatMap((word) => ["", "-", "_", "."].map((separator) => `${word}${separator}key`)),
  ...["", "-", "_", ".", " "].map((separator) => `connection${separator}string`),
];
