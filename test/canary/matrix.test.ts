import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filesBelow, run, runIngest, scratchFolder } from "../cli/capture.ts";
import { shows } from "./canary.ts";
import { allCells, type Cell, cellsOf, eventOf, indexIn, nameOf, textOf } from "./cells.ts";
import { ENVELOPES, type Envelope } from "./envelopes.ts";
import { EXCLUSIONS, excludedBy } from "./exclusions.ts";
import { Listener } from "./listener.ts";
import { SURFACES } from "./surfaces.ts";

/**
 * The canary matrix: every surface in every envelope in every encoding goes through the real command line or the real
 * listener, and every byte that left the process is searched for the secret in every encoding.
 */
const folder = scratchFolder();

/** What left the process, by what it is: texts that a failure can be traced in line by line. */
type Output = Map<string, string>;

const packed = new Map<Envelope, { cells: Cell[]; texts: string[]; bodies: (string | Uint8Array)[] }>();
beforeAll(() => {
  for (const envelope of ENVELOPES) {
    const cells = cellsOf(envelope);
    const texts = cells.map((cell, index) => textOf(cell, envelope.record(eventOf(cell, index) as never)));
    packed.set(envelope, { cells, texts, bodies: envelope.pack(texts) });
  }
});

const listener = new Listener();
afterAll(() => listener.stop());

/** Sends everything of an envelope through the product, into `lake`. */
async function process(envelope: Envelope, lake: string): Promise<Output> {
  const { bodies } = packed.get(envelope)!;
  const output: Output = new Map();
  if (envelope.source === undefined) {
    await listener.start(lake);
    const answers: string[] = [];
    for (const body of bodies) answers.push(await listener.post(body));
    output.set("answers", answers.join("\n"));
    const { stdout, stderr } = await listener.stop();
    output.set("stdout", stdout);
    output.set("stderr", stderr);
    return output;
  }
  const files = bodies.map((body, n) => {
    const path = join(folder, `${envelope.name.replace(" ", "-")}-${n}`);
    writeFileSync(path, body);
    return path;
  });
  const { stdout, stderr } = await runIngest(lake, "--source", envelope.source, "--cluster", "prod", ...files);
  output.set("stdout", stdout);
  output.set("stderr", stderr);
  return output;
}

/** Every file of the lake, its name too; of quarantine all but `raw`. */
function filesOf(lake: string): Output {
  const output: Output = new Map();
  for (const path of filesBelow(lake)) {
    const bytes = readFileSync(join(lake, path));
    const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
    if (!path.startsWith("quarantine/")) output.set(path, `${path}\n${text}`);
    else output.set(path, `${path}\n${JSON.stringify(JSON.parse(text), (key, value) => (key === "raw" ? "" : value))}`);
  }
  return output;
}

function failuresIn(output: Output, cells: readonly Cell[]): string[] {
  const failures = new Set<string>();
  for (const [name, text] of output) {
    for (const line of text.split("\n")) {
      if (!shows(line)) continue;
      const index = indexIn(line);
      failures.add(index === undefined ? `${name}: an output that names no event` : nameOf(cells[index]!));
    }
  }
  return [...failures];
}

describe("canary matrix", () => {
  it("sends a secret in every entry (or an entry could not fail)", () => {
    const vacuous = ENVELOPES.flatMap((envelope) => {
      const { cells, texts } = packed.get(envelope)!;
      return cells.filter((_cell, index) => !shows(texts[index]!)).map(nameOf);
    });
    expect(vacuous).toEqual([]);
  });

  it("leaves out what its list of exclusions says, and each line of it leaves something out", () => {
    const counts = new Map(EXCLUSIONS.map(({ why }) => [why, 0]));
    let all = 0;
    for (const cell of allCells()) {
      all++;
      const { why } = excludedBy(cell) ?? {};
      if (why !== undefined) counts.set(why, counts.get(why)! + 1);
    }
    for (const [why, count] of counts) expect(count, why).toBeGreaterThan(0);
    const kept = [...packed.values()].reduce((sum, { cells }) => sum + cells.length, 0);
    expect(kept + [...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(all);
    for (const envelope of ENVELOPES) {
      const surfaces = new Set(cellsOf(envelope).map(({ surface }) => surface));
      if (!envelope.name.startsWith("gke")) expect(surfaces.size).toBe(SURFACES.length);
    }
  });

  it.each(ENVELOPES.map((envelope) => [envelope.name, envelope] as const))("%s", async (_name, envelope) => {
    const { cells } = packed.get(envelope)!;
    const lake = join(folder, `lake-${envelope.name.replace(" ", "-")}`);
    const output = await process(envelope, lake);
    for (const [path, text] of filesOf(lake)) output.set(path, text);
    const everything = await run("query", "--lake", lake, "--format", "ndjson", "--sql", "SELECT * FROM audit");
    output.set("query", everything.stdout + everything.stderr);
    const scan = await run("scan", "--lake", lake, "--format", "ndjson");
    output.set("scan", scan.stdout + scan.stderr);

    const lines = linesOf(output);
    const stored = new Set([...lines.values()].map(indexIn));
    expect([
      ...cells.filter((_cell, index) => !stored.has(index)).map((cell) => `not stored: ${nameOf(cell)}`),
      ...failuresIn(output, cells).map((failure) => `leaks: ${failure}`),
      ...scan.stdout
        .split("\n")
        .filter(Boolean)
        .map((leak) => `scan finds: ${describeLeak(JSON.parse(leak), lines, cells)}`),
    ]).toEqual([]);
    expect(scan.code).toBe(0);
  });

  it("redact", async () => {
    const file = ENVELOPES.find(({ name }) => name === "file")!;
    const { cells, bodies } = packed.get(file)!;
    const path = join(folder, "to-redact");
    writeFileSync(path, bodies[0]!);
    const { code, stdout, stderr } = await run("redact", path);
    expect(
      failuresIn(
        new Map([
          ["stdout", stdout],
          ["stderr", stderr],
        ]),
        cells,
      ),
    ).toEqual([]);
    expect(stdout.trimEnd().split("\n").length).toBe(cells.length);
    expect(code).toBe(0);
  });
});

/** Lines of the stored objects by `key:line`. */
function linesOf(output: Output): Map<string, string> {
  const lines = new Map<string, string>();
  for (const [name, text] of output) {
    if (!name.startsWith("events/")) continue;
    // The first line is the name.
    for (const [number, line] of text.trimEnd().split("\n").entries())
      if (number > 0) lines.set(`${name}:${number}`, line);
  }
  return lines;
}

function describeLeak(
  { object, line, path, rule }: { object: string; line: number; path: string; rule: string },
  lines: Map<string, string>,
  cells: readonly Cell[],
): string {
  const index = indexIn(lines.get(`${object}:${line}`) ?? "");
  return `${rule} at ${path}: ${index === undefined ? "an unknown event" : nameOf(cells[index]!)}`;
}
