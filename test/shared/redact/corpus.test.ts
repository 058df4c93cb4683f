import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { ADAPTERS } from "../../../functions/sources.ts";
import type { AuditEvent, JsonValue, NativeEvent } from "../../../shared/event.ts";
import { parseJson } from "../../../shared/json.ts";
import { normalise } from "../../../shared/normalise.ts";
import { createRedactor } from "../../../shared/redact/create.ts";
import { findLeak } from "../../../shared/redact/gate.ts";
import { inspectEvent } from "../../../shared/redact/inspect.ts";
import altered from "./corpus-altered.json" with { type: "json" };

const CORPUS = join(process.env["CLUSTERTRAIL_SHARED"] ?? resolve(import.meta.dirname, "../../../../shared"), "corpus");
const present = existsSync(CORPUS);
if (!present) console.warn(`public samples not found at ${CORPUS}: the corpus tests do not run`);

interface Sample {
  name: string;
  event: AuditEvent;
}

function* samples(): Generator<Sample> {
  for (const adapter of ADAPTERS) {
    for (const file of readdirSync(join(CORPUS, adapter.name)).sort()) {
      let n = 0;
      for (const line of readFileSync(join(CORPUS, adapter.name, file), "utf8").split("\n")) {
        if (line === "") continue;
        for (const item of adapter.decode(parseJson(line), { cluster: "c" })) {
          if (item.kind !== "event" && item.kind !== "text") continue;
          const native = (item.kind === "event" ? item.event : parseJson(item.text)) as NativeEvent;
          yield { name: `${adapter.name}/${file} ${++n}`, event: normalise(native, item, "1") };
        }
      }
    }
  }
}

function strings(value: JsonValue): number {
  if (typeof value === "string") return 1;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce<number>((sum, inner) => sum + strings(inner as JsonValue), 0);
}

/**
 * corpus-altered.json is for review: every place in the public samples where something is taken out, and by which rule. A change of the
 * rules that alters more, or less, shows there.
 */
describe.runIf(present)("public sample records", () => {
  const redactor = createRedactor();
  const found: string[] = [];
  let total = 0;
  const redacted: Sample[] = [];
  for (const sample of present ? samples() : []) {
    const { time, cloud, cluster, ingest, ...native } = sample.event;
    total += strings(native as JsonValue);
    const hits = redactor.redact(sample.event) ?? [];
    found.push(...hits.map(({ path, rule }) => `${sample.name} ${path} ${rule}`));
    redacted.push(sample);
  }

  it("are altered where the list for review says, and nowhere else", () => {
    expect(found).toEqual(altered);
  });

  it("keep 99 strings of a hundred, with those that are secrets counted as altered", () => {
    const strings = found.filter((line) => !line.endsWith(" managed-fields"));
    expect(total).toBeGreaterThan(4000);
    expect(strings.length / total).toBeLessThan(0.01);
  });

  it("show nothing to a second look, nor to the output gate", () => {
    for (const { name, event } of redacted) {
      expect(inspectEvent(event), name).toEqual([]);
      expect(findLeak(JSON.stringify(event)), name).toBeUndefined();
    }
  });
});
