import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import type { Row } from "../../../cli/output/rows.ts";
import { printRows } from "../../../cli/output/rows.ts";
import { CapturedIo } from "../query/lake.ts";

async function print(rows: Row[], columns: string[], format: "table" | "json" | "ndjson" | "csv", width?: number) {
  const io = new CapturedIo(width);
  const count = await printRows(rows, columns, format, io);
  expect(count).toBe(rows.length);
  return io.out;
}

describe("json", () => {
  it("is one array, a row a line", async () => {
    const rows = [
      { a: 1, b: "x\n" },
      { a: null, b: { c: [true] } },
    ];
    const text = await print(rows, ["a", "b"], "json");
    expect(JSON.parse(text)).toEqual(rows);
    expect(text.split("\n")).toHaveLength(5);
  });

  it("is an empty array when there is nothing", async () => {
    expect(await print([], ["a"], "json")).toBe("[]\n");
  });
});

describe("ndjson", () => {
  it("is an object a line", async () => {
    expect(await print([{ a: 1 }, { a: "2" }], ["a"], "ndjson")).toBe('{"a":1}\n{"a":"2"}\n');
    expect(await print([], ["a"], "ndjson")).toBe("");
  });
});

describe("csv", () => {
  it("follows RFC 4180: CRLF, quotes where needed, quotes doubled", async () => {
    const rows = [
      { name: 'say "hi"', note: "a,b" },
      { name: "two\nlines", note: "plain" },
      { name: "\r", note: "=1+1" },
    ];
    expect(await print(rows, ["name", "note"], "csv")).toBe(
      'name,note\r\n"say ""hi""","a,b"\r\n"two\nlines",plain\r\n"\r",=1+1\r\n',
    );
  });

  it("tells null from the empty string and writes lists and objects as JSON", async () => {
    const rows = [{ a: null, b: "", c: ["x"], d: { k: 1 }, e: false, f: 0 }];
    expect(await print(rows, ["a", "b", "c", "d", "e", "f"], "csv")).toBe(
      'a,b,c,d,e,f\r\n,"","[""x""]","{""k"":1}",false,0\r\n',
    );
  });

  it("has its header when there is nothing", async () => {
    expect(await print([], ["a", 'b"'], "csv")).toBe('a,"b"""\r\n');
  });
});

describe("table", () => {
  it("aligns, numbers to the right, nulls empty", async () => {
    const rows = [
      { user: "jane", n: 5, gone: null },
      { user: "system:node:a", n: 1234, gone: null },
    ];
    expect(await print(rows, ["user", "n", "gone"], "table")).toBe(
      ["user              n  gone", "-------------  ----  ----", "jane              5", "system:node:a  1234", ""].join(
        "\n",
      ),
    );
  });

  it("is never cut in a pipe and always fits a terminal", async () => {
    const rows = [{ a: "x".repeat(300), b: "y".repeat(100), c: "short" }];
    const piped = await print(rows, ["a", "b", "c"], "table");
    expect(piped).toContain("x".repeat(300));
    for (const width of [10, 40, 80, 200]) {
      const lines = (await print(rows, ["a", "b", "c"], "table", width)).trimEnd().split("\n");
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    }
    expect(await print(rows, ["a", "b", "c"], "table", 40)).toContain("short");
  });

  it("shows control and direction characters instead of obeying them", async () => {
    const text = await print([{ agent: "\u001b[2Jevil\u009b\u202e\u2028\n\ttab\u0007" }], ["agent"], "table");
    expect(text).toContain("\\u001b[2Jevil\\u009b\\u202e\\u2028\\n\\ttab\\u0007");
    expect([...text].filter((char) => char !== "\n" && char < " ")).toEqual([]);
  });

  it("counts wide characters as two cells and marks as none", async () => {
    const lines = (
      await print(
        [
          { a: "日本", b: 1 },
          { a: "e\u0301", b: 2 },
        ],
        ["a", "b"],
        "table",
      )
    ).split("\n");
    expect(lines[2]).toBe("日本  1");
    expect(lines[3]).toBe("e\u0301     2");
  });
});

describe("a slow reader", () => {
  it("is waited for", async () => {
    class SlowOutput extends EventEmitter {
      pending = 0;
      most = 0;
      written = 0;
      write(text: string): boolean {
        this.written += text.length;
        this.pending += 1;
        this.most = Math.max(this.most, this.pending);
        setImmediate(() => {
          this.pending -= 1;
          this.emit("drain");
        });
        return false;
      }
    }
    const stdout = new SlowOutput();
    const rows = Array.from({ length: 5_000 }, (_, n) => ({ n, text: "x".repeat(100) }));
    await printRows(rows, ["n", "text"], "ndjson", { stdout, stderr: { write: () => true }, isTTY: false });
    expect(stdout.written).toBeGreaterThan(500_000);
    expect(stdout.most).toBe(1);
  });
});
