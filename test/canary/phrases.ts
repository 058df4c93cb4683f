import { CANARY, ENCODINGS, type Encoding } from "./canary.ts";

/**
 * Texts that show by themselves that there is a secret in them: what goes where any text may stand, and only the
 * detectors of text can find it.
 */
export const PHRASES = {
  pair: (secret: string) => `login failed: user=admin password=${secret} host=db`,
  flag: (secret: string) => `srv --listen :80 --api-token ${secret} --verbose`,
  url: (secret: string) => `cannot reach https://svc:${secret}@db.example.com/shop`,
  bearer: (secret: string) => `sent Authorization: Bearer ${secret}${secret} to upstream`,
  json: (secret: string) => JSON.stringify({ user: "admin", clientSecret: secret }),
  yaml: (secret: string) => `db:\n  user: admin\n  password: |\n    ${secret.replaceAll("\n", "\n    ")}\n`,
  key: (secret: string) => `-----BEGIN PRIVATE KEY-----\n${secret}${secret}\n-----END PRIVATE KEY-----\n`,
  jwt: (secret: string) =>
    [`{"alg":"RS256","kid":"k"}`, `{"sub":"${secret}"}`, secret].map(ENCODINGS.base64url).join("."),
} as const;

export type Phrase = keyof typeof PHRASES;
export const PHRASE_NAMES = Object.keys(PHRASES) as Phrase[];

/** What of the text is encoded. */
export type Layer = "value" | "text";

export interface Planted {
  readonly phrase: Phrase | undefined;
  readonly layer: Layer;
  readonly encoding: Encoding;
  readonly text: string;
}

/** Every text for a place where whatever stands is secret. */
export function plantedValues(): Planted[] {
  return all((encoding) => [{ phrase: undefined, layer: "value", encoding, text: ENCODINGS[encoding](CANARY) }]);
}

/** Every text for a place where any text may stand: the secret in it encoded, or all of it. */
export function plantedPhrases(): Planted[] {
  return all((encoding) =>
    (Object.keys(PHRASES) as Phrase[]).flatMap((phrase): Planted[] => {
      const value = { phrase, layer: "value", encoding, text: PHRASES[phrase](ENCODINGS[encoding](CANARY)) } as const;
      const text = { phrase, layer: "text", encoding, text: ENCODINGS[encoding](PHRASES[phrase](CANARY)) } as const;
      return encoding === "plain" || encoding === "\\u on the wire" ? [value] : [value, text];
    }),
  );
}

function all(make: (encoding: Encoding) => Planted[]): Planted[] {
  return (Object.keys(ENCODINGS) as Encoding[]).flatMap(make);
}
