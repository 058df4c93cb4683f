import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Framed } from "../../../shared/input/framed.ts";
import { Framer } from "../../../shared/input/framer.ts";

/** Frames `input`, cut into chunks of `size` bytes; values and texts only. */
function frame(input: string | Uint8Array, size = 7, maxRecordBytes?: number): (Framed & { bytesOf: string })[] {
  const bytes = typeof input === "string" ? Buffer.from(input) : input;
  const framer = new Framer(maxRecordBytes);
  const out: (Framed & { bytesOf: string })[] = [];
  const take = (framed: Framed) => out.push({ ...framed, bytesOf: Buffer.from(framed.raw()).toString("latin1") });
  for (let at = 0; at < bytes.length; at += size) for (const f of framer.push(bytes.subarray(at, at + size))) take(f);
  for (const f of framer.finish()) take(f);
  return out;
}

const values = (framed: Framed[]) =>
  framed.map((f) => (f.kind === "value" ? f.value : f.kind === "text" ? `text:${f.text}` : `reject:${f.reason}`));

describe("Framer", () => {
  const a = { kind: "Event", auditID: "a", nested: { list: [1, 2, { x: "}" }] } };
  const b = { kind: "Event", auditID: "b", text: 'quote " and \\ and \n newline' };

  const cases: [string, string, unknown[]][] = [
    ["nothing", "", []],
    ["white space", " \r\n\n\t ", []],
    ["NDJSON", `${JSON.stringify(a)}\n${JSON.stringify(b)}\n`, [a, b]],
    ["NDJSON without a last newline", `${JSON.stringify(a)}\n${JSON.stringify(b)}`, [a, b]],
    ["CRLF", `${JSON.stringify(a)}\r\n${JSON.stringify(b)}\r\n`, [a, b]],
    ["a byte order mark", `\uFEFF${JSON.stringify(a)}\n`, [a]],
    ["byte order marks of concatenated files", `\uFEFF${JSON.stringify(a)}\n\uFEFF${JSON.stringify(b)}`, [a, b]],
    ["pretty-printed", JSON.stringify(a, null, 2), [a]],
    ["pretty-printed, concatenated", `${JSON.stringify(a, null, 2)}\n${JSON.stringify(b, null, 4)}`, [a, b]],
    ["concatenated on one line", JSON.stringify(a) + JSON.stringify(b), [a, b]],
    ["an array on one line", JSON.stringify([a, b]), [a, b]],
    ["an array, pretty-printed", JSON.stringify([a, b], null, 2), [a, b]],
    ["an array, an element a line", `[${JSON.stringify(a)},\n${JSON.stringify(b)}\n]\n`, [a, b]],
    ["an array of arrays", JSON.stringify([[a], [b]]), [[a], [b]]],
    ["an empty array", "[]\n", [[]]],
    ["two arrays", `${JSON.stringify([a])}\n${JSON.stringify([b])}`, [a, b]],
    ["text lines between records", `I0109 klog\n${JSON.stringify(a)}\nplain\n`, ["text:I0109 klog", a, "text:plain"]],
    ["a line that only looks like an array", `[INFO] starting\n${JSON.stringify(a)}`, ["text:[INFO] starting", a]],
    [
      "a cut line among good ones",
      `${JSON.stringify(a)}\n{"kind":"Event","auditID":"c","user":{"user\n${JSON.stringify(b)}`,
      [a, 'text:{"kind":"Event","auditID":"c","user":{"user', b],
    ],
    [
      "a cut line that ends inside an array",
      `{"kind":"Event","groups":[\n${JSON.stringify(a)}\n${JSON.stringify(b)}\n`,
      ['text:{"kind":"Event","groups":[', a, b],
    ],
    [
      "a cut line that ends after a colon",
      `{"kind":"Event","groups":\n${JSON.stringify(a)}\n${JSON.stringify(b)}\n`,
      ['text:{"kind":"Event","groups":', a, b],
    ],
    ["a cut last line", `${JSON.stringify(a)}\n{"kind":"Event","audi`, [a, 'text:{"kind":"Event","audi']],
    ["a cut pretty-printed document", `{\n  "kind": "Event",\n  "a": {\n`, ['text:{\n  "kind": "Event",\n  "a": {']],
    [
      "a broken pretty-printed document and a good one",
      `{\n  "kind" "Event"\n}\n${JSON.stringify(b)}\n`,
      ['text:{\n  "kind" "Event"\n}', b],
    ],
    [
      "EKS's cut mark",
      `{"kind":"Event","auditID":"c","verb":"ge[Truncated...]\n${JSON.stringify(b)}`,
      ['text:{"kind":"Event","auditID":"c","verb":"ge[Truncated...]', b],
    ],
    ["NUL bytes before a record", `\0\0\0${JSON.stringify(a)}\n`, ["reject:not-json", a]],
    ["an array that is not closed", `[${JSON.stringify(a)},\n${JSON.stringify(b)},\n`, [a, b, "reject:not-json"]],
    ["trailing text behind a value", `${JSON.stringify(a)} tail\n${JSON.stringify(b)}`, [a, "text:tail", b]],
  ];

  for (const [name, input, expected] of cases) {
    for (const size of [1, 7, 64 * 1024]) {
      it(`reads ${name} in chunks of ${size}`, () => {
        expect(values(frame(input, size))).toEqual(expected);
      });
    }
  }

  it("gives record and line numbers, and the record's bytes", () => {
    const framed = frame(`${JSON.stringify(a)}\n\n${JSON.stringify(b, null, 1)}\nlast`);
    expect(framed.map(({ number, line }) => [number, line])).toEqual([
      [1, 1],
      [2, 3],
      [3, 8],
    ]);
    expect(framed.map(({ bytesOf }) => bytesOf)).toEqual([JSON.stringify(a), JSON.stringify(b, null, 1), "last"]);
  });

  it("refuses bytes that are not UTF-8 and goes on", () => {
    const input = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}\n{"b":1}\n')]);
    expect(values(frame(input))).toEqual(["reject:invalid-utf8", { b: 1 }]);
  });

  it("passes over a record that is too large, keeps its head, and goes on with the next line", () => {
    const framed = frame(`{"a":"${"x".repeat(5000)}"}\n{"b":1}\n`, 512, 1024);
    expect(values(framed)).toEqual(["reject:too-large", { b: 1 }]);
    expect(framed[0]!.bytesOf.startsWith('{"a":"xxx')).toBe(true);
  });

  it("survives 10,000-deep nesting", () => {
    const deep = `{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
    const framed = frame(`${deep}\n{"b":1}\n`, 4096);
    expect(framed.length).toBe(2);
    expect(values(framed)[1]).toEqual({ b: 1 });
    const pretty = `{\n"a":${"[".repeat(10_000)}${"]".repeat(10_000)}\n}\n{"b":1}\n`;
    expect(values(frame(pretty, 4096))).toEqual(["reject:too-deep", { b: 1 }]);
  });

  it("keeps numbers beyond 2^53 digit for digit", () => {
    const text = '{"n":12345678901234567890,"m":1e400,"k":9007199254740993,"small":0.1,"pi":3.14159265358979323846}';
    for (const input of [`${text}\n`, `[${text}]`]) {
      const [framed] = frame(input);
      expect(framed?.kind === "value" ? JSON.stringify(framed.value) : "").toBe(text);
    }
  });

  it("finds the same records however the bytes are cut, for any mixture", () => {
    const record = fc.oneof(
      fc.json({ maxDepth: 3 }).filter((text) => /^[{[]/.test(text) && !/^\[(?!\s*[{[])/.test(text)),
      fc.constantFrom("I0109 21:24:54 klog", "plain text", '{"cut":"ab', '{"cut":{"x":[', "[WARN] x", "\0\0"),
    );
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (records, size) => {
        const input = records.join("\n");
        expect(values(frame(input, size))).toEqual(values(frame(input, 1 << 20)));
      }),
      { numRuns: 300 },
    );
  });

  it("loses no byte: every byte that is not white space, BOM or array punctuation is in some record", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.integer({ min: 1, max: 40 }), (input, size) => {
        const framed = frame(input, size);
        const kept = framed.reduce((sum, { bytesOf }) => sum + bytesOf.replace(/[\s,[\]]/g, "").length, 0);
        const wanted = Buffer.from(input)
          .toString("latin1")
          .replace(/\xef\xbb\xbf/g, "")
          .replace(/[\s,[\]]/g, "").length;
        expect(wanted - kept).toBeLessThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });

  it("takes linear time on lines that never become JSON", () => {
    const started = performance.now();
    frame('{"a":[\n'.repeat(20_000), 64 * 1024);
    frame(`${'{"a":1}'.repeat(50_000)}\n`, 64 * 1024);
    frame(`[${'{"a":1},'.repeat(50_000)}{}]`, 64 * 1024);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
