import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { accounted, eventsOf, runIngest, scratchFolder } from "../cli/capture.ts";

const CORPUS = join(process.env["CLUSTERTRAIL_SHARED"] ?? resolve(import.meta.dirname, "../../../shared"), "corpus");
const present = existsSync(CORPUS);
if (!present) console.warn(`public samples not found at ${CORPUS}: the corpus tests do not run`);

/** Events that SOURCES.md counts in the files of each cloud, and what of them is no audit event. */
const EXPECTED: Record<string, { received: number; skipped: Record<string, number> }> = {
  eks: { received: 111, skipped: {} },
  gke: { received: 119, skipped: { "other-service": 1 } },
  aks: { received: 49, skipped: { "other-category": 1 } },
  kubernetes: { received: 69, skipped: {} },
};

describe.runIf(present)("public sample records", () => {
  const folder = scratchFolder();
  const schema = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../schema/audit-event.schema.json"), "utf8"));
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);

  for (const [source, { received, skipped }] of Object.entries(EXPECTED)) {
    it(`${source}: every record is stored or skipped by name, and what is stored fits the schema`, async () => {
      const lake = join(folder, source);
      const files = readdirSync(join(CORPUS, source)).map((name) => join(CORPUS, source, name));
      const { report, code } = await runIngest(lake, "--source", source, ...files);
      expect(accounted(report)).toBe(true);
      expect(report).toMatchObject({ received, skipped, quarantined: {} });
      expect(code).toBe(0);
      const events = eventsOf(lake);
      expect(events.length).toBe(report.stored);
      for (const event of events) expect(validate(event), JSON.stringify(validate.errors)).toBe(true);
    });
  }
});
