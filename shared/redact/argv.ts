import { isSpace, NAME, runEnd } from "./chars.ts";
import { isSecretName } from "./names.ts";
import type { Spans } from "./spans.ts";

interface PasswordOption {
  readonly programs: readonly string[];
  readonly option: string;
  /** Where the secret is: in the same word, in the next one, or in either. */
  readonly form: "attached" | "next" | "either";
  /** What stands before the secret in the same word: `user:`, `user%`. */
  readonly after?: ":" | "%";
}

/** Options with a password whose name does not say so. Sources: the programs' manual pages. */
export const PASSWORD_OPTIONS: readonly PasswordOption[] = [
  {
    programs: [
      "mysql",
      "mysqldump",
      "mysqladmin",
      "mysqlcheck",
      "mysqlimport",
      "mysqlshow",
      "mysqlsh",
      "mariadb",
      "mariadb-dump",
      "mariadb-admin",
      "xtrabackup",
      "mariabackup",
    ],
    option: "-p",
    form: "attached",
  },
  { programs: ["redis-cli", "valkey-cli", "keydb-cli"], option: "-a", form: "either" },
  {
    programs: ["mongo", "mongosh", "mongodump", "mongorestore", "mongoexport", "mongoimport", "mongostat"],
    option: "-p",
    form: "next",
  },
  { programs: ["sshpass"], option: "-p", form: "either" },
  {
    programs: ["ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldappasswd", "ldapwhoami"],
    option: "-w",
    form: "either",
  },
  { programs: ["curl"], option: "-u", form: "either", after: ":" },
  { programs: ["curl"], option: "--user", form: "next", after: ":" },
  { programs: ["curl"], option: "-U", form: "either", after: ":" },
  { programs: ["curl"], option: "--proxy-user", form: "next", after: ":" },
  {
    programs: [
      "docker",
      "podman",
      "nerdctl",
      "buildah",
      "skopeo",
      "crane",
      "oras",
      "helm",
      "az",
      "argocd",
      "oc",
      "flyctl",
    ],
    option: "-p",
    form: "next",
  },
  { programs: ["skopeo"], option: "--creds", form: "next", after: ":" },
  { programs: ["skopeo", "crictl"], option: "--src-creds", form: "next", after: ":" },
  { programs: ["skopeo"], option: "--dest-creds", form: "next", after: ":" },
  { programs: ["crictl"], option: "--creds", form: "next", after: ":" },
  { programs: ["sqlcmd", "bcp", "isql"], option: "-P", form: "either" },
  { programs: ["smbclient", "rpcclient", "smbget"], option: "-U", form: "either", after: "%" },
  { programs: ["mosquitto_pub", "mosquitto_sub"], option: "-P", form: "next" },
  { programs: ["cqlsh"], option: "-p", form: "either" },
  { programs: ["ipmitool"], option: "-P", form: "next" },
  { programs: ["snmpget", "snmpwalk", "snmpset"], option: "-c", form: "next" },
  { programs: ["zip", "unzip", "7z"], option: "-P", form: "either" },
];

const OPTIONS_OF = new Map<string, PasswordOption[]>();
for (const option of PASSWORD_OPTIONS) {
  for (const program of option.programs) OPTIONS_OF.set(program, [...(OPTIONS_OF.get(program) ?? []), option]);
}

/** Reads words in order and says where each one's secret is. One for each command line. */
export class ArgumentScanner {
  private options: readonly PasswordOption[] = [];
  /** The word before asks for a secret: the whole word, or what is behind a character. */
  private expects: { after?: ":" | "%" } | undefined;

  constructor(program: string) {
    this.program(program);
  }

  /** Start of the secret in `word`; -1 if there is none. */
  read(word: string): number {
    const expected = this.expects;
    this.expects = undefined;
    if (expected !== undefined && word !== "" && !word.startsWith("--")) return startAfter(word, 0, expected.after);
    if (!word.startsWith("-")) {
      if (this.options.length === 0) this.program(word);
      else if (OPTIONS_OF.has(baseName(word))) this.program(word);
      if (/^(?:[|;&]|\|\||&&)$/.test(word)) this.options = [];
      // `aws configure set aws_secret_access_key x`
      if (!word.includes("=") && /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/.test(word) && isSecretName(word)) this.expects = {};
      return -1;
    }
    return this.flag(word);
  }

  private flag(word: string): number {
    for (const { option, form, after } of this.options) {
      if (word === option) {
        if (form !== "attached") this.expects = after === undefined ? {} : { after };
        return -1;
      }
      if (form !== "next" && !option.startsWith("--") && word.startsWith(option))
        return startAfter(word, option.length, after);
    }
    const nameEnd = runEnd(word, 0, NAME);
    if (nameEnd === word.length && nameEnd < 128 && isSecretName(word)) this.expects = {};
    return -1;
  }

  private program(word: string): void {
    const options = OPTIONS_OF.get(baseName(word));
    if (options !== undefined) this.options = options;
  }
}

function startAfter(word: string, from: number, after: string | undefined): number {
  if (after === undefined) return from < word.length ? from : -1;
  const at = word.indexOf(after, from);
  return at < 0 || at + 1 >= word.length ? -1 : at + 1;
}

/** `/usr/bin/mysql`, `docker.io/library/mysql:8.0` are mysql. */
function baseName(word: string): string {
  const name = word.slice(Math.max(word.lastIndexOf("/"), word.length - 128) + 1);
  const colon = name.indexOf(":");
  const base = colon < 0 ? name : name.slice(0, colon);
  return base.endsWith(".exe") ? base.slice(0, -4) : base;
}

const PROGRAM_IN_TEXT = new RegExp(`(?:^|[^A-Za-z0-9_-])(?:${[...OPTIONS_OF.keys()].join("|")})(?:$|[^A-Za-z0-9_])`);

/** Finds the secrets of command lines inside one text (`sh -c "mysql -px"`, scripts), under the rule `argument`. */
export function findInCommandLine(text: string, spans: Spans): void {
  if (!PROGRAM_IN_TEXT.test(text)) return;
  const scanner = new ArgumentScanner("");
  for (let at = 0; at < text.length; ) {
    if (isSpace(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const end = wordEnd(text, at);
    const quoted = text[at] === '"' || text[at] === "'" ? 1 : 0;
    const from = at + quoted;
    const to = quoted === 1 && end - 1 > at && text[end - 1] === text[at] ? end - 1 : end;
    const start = scanner.read(text.slice(from, to));
    if (start >= 0) spans.add(from + start, to, "argument");
    at = end;
  }
}

/** A shell word: up to a blank outside quotes. */
function wordEnd(text: string, from: number): number {
  let quote = "";
  let at = from;
  for (; at < text.length; at++) {
    const c = text[at]!;
    if (quote !== "") {
      if (c === quote) quote = "";
    } else if (c === '"' || c === "'") quote = c;
    else if (isSpace(text.charCodeAt(at))) break;
  }
  return at;
}
