import { lintSource } from "@secretlint/core";
import { creator, rules } from "@secretlint/secretlint-rule-preset-recommend";

/** Its detectors are other people's work: what they find is what somebody else would call a secret. */
export const RULE_IDS: readonly string[] = rules.map(({ meta }) => meta.id);

export interface Opinion {
  readonly rule: string;
  /** What was found with a little of what stands around it. For tests on made-up secrets only. */
  readonly excerpt: string;
}

/** Texts are judged in pieces of about this size. */
const PIECE = 4 * 1024 * 1024;

/** What secretlint finds in NDJSON: in its bytes, and in every string in it, base64 decoded. */
export async function secondOpinion(ndjson: string): Promise<Opinion[]> {
  const strings: string[] = [];
  for (const line of ndjson.split("\n")) if (line !== "") collect(JSON.parse(line), strings);
  const opinions: Opinion[] = [];
  for (const text of [ndjson, strings.join("\n")]) {
    let from = 0;
    while (from < text.length) {
      const end = from + PIECE >= text.length ? text.length : text.indexOf("\n", from + PIECE) + 1 || text.length;
      opinions.push(...(await lint(text.slice(from, end))));
      from = end;
    }
  }
  return opinions;
}

async function lint(content: string): Promise<Opinion[]> {
  const { messages } = await lintSource({
    source: { filePath: "/events.json", content, ext: ".json", contentType: "text" },
    options: { locale: "en", noPhysicFilePath: true, config: { rules: [{ id: creator.meta.id, rule: creator }] } },
  });
  return (
    messages
      // `postgres://user:[REDACTED:url-credentials]@host` is what shall be there.
      .filter(({ range: [start, end] }) => !content.slice(start, end).includes("[REDACTED:"))
      .map(({ ruleId, range: [start, end] }) => ({
        rule: ruleId,
        excerpt: content.slice(Math.max(0, start - 60), end + 20),
      }))
  );
}

function collect(value: unknown, strings: string[]): void {
  if (typeof value === "string") {
    strings.push(value);
    if (/^[A-Za-z0-9+/\s]{24,}={0,2}\s*$/.test(value)) {
      const text = Buffer.from(value, "base64").toString("latin1");
      if (/^[\t\n\r -~]+$/.test(text)) strings.push(text);
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      strings.push(key);
      collect(inner, strings);
    }
  }
}
