import { createReadStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { createGunzip, gzipSync } from "node:zlib";
import type { DuckDBConnection } from "@duckdb/node-api";
import { parseObjectName } from "../../shared/lake/object-name.ts";
import { HUGE_OBJECT, readLines } from "./tables.ts";

/**
 * Which of `paths` DuckDB cannot read to the end. Called only after a query failed: the good ones are read once more,
 * in halves, until what fails is single files. DuckDB's own messages are not used, because they quote records.
 */
export async function findBroken(connection: DuckDBConnection, paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0 || (await isReadable(connection, paths))) return [];
  if (paths.length === 1) return [...paths];
  const middle = paths.length >> 1;
  return [
    ...(await findBroken(connection, paths.slice(0, middle))),
    ...(await findBroken(connection, paths.slice(middle))),
  ];
}

async function isReadable(connection: DuckDBConnection, paths: readonly string[]): Promise<boolean> {
  try {
    // With no column asked for, DuckDB counts lines without parsing them.
    await connection.run(`SELECT count(ingest) FROM ${readLines(paths, HUGE_OBJECT)}`);
    return true;
  } catch {
    return false;
  }
}

export interface Salvaged {
  /** Lines written to the copy. */
  readonly lines: number;
  /** Why something is missing from the copy; undefined when every line is in it. */
  readonly reason: string | undefined;
}

/** Text is compressed in members of about this size. */
const MEMBER_BYTES = 4 * 1024 * 1024;

/**
 * Copies what can be read of a broken object: every complete line that is a JSON object. A line that JSON allows and
 * DuckDB does not (half a surrogate pair, a key twice) is written in a form that both take, U+FFFD for the half pair.
 *
 * @param source path of the object. @param target path of the copy; its folder is made.
 * @throws when the copy cannot be written.
 */
export async function salvage(source: string, target: string): Promise<Salvaged> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const copy = await open(target, "wx", 0o600);
  let kept: string[] = [];
  let keptBytes = 0;
  let lines = 0;
  let lost = 0;
  async function flush(): Promise<void> {
    await copy.write(gzipSync(kept.join(""), { level: 1 }));
    kept = [];
    keptBytes = 0;
  }
  const input = new LineReader(source);
  try {
    for await (const line of input.lines()) {
      if (isBlank(line)) continue;
      const text = wellFormedObject(line);
      if (text === undefined) {
        lost += 1;
        continue;
      }
      lines += 1;
      kept.push(`${text}\n`);
      keptBytes += text.length;
      if (keptBytes >= MEMBER_BYTES) await flush();
    }
    await flush();
  } finally {
    await copy.close();
  }
  return { lines, reason: reasonOf(source, input.failure, lines, lost) };
}

function reasonOf(source: string, failure: string | undefined, lines: number, lost: number): string | undefined {
  const expected = parseObjectName(source.slice(source.lastIndexOf("/") + 1))?.count;
  const read = expected === undefined ? `${lines} events read` : `${lines} of ${expected} events read`;
  if (failure !== undefined) return `${failure}; ${read}`;
  if (lost > 0) return `${lost} ${lost === 1 ? "line is" : "lines are"} not a JSON object; ${read}`;
  return expected !== undefined && lines < expected ? `cut short; ${read}` : undefined;
}

const FAILURES: Record<string, string> = {
  Z_BUF_ERROR: "the gzip data is cut off",
  Z_DATA_ERROR: "the gzip data is damaged",
  EACCES: "permission denied",
  ENOENT: "the file is gone",
};

/** Lines of a gzip file, as many as there are before it breaks; `failure` says then how it broke. */
class LineReader {
  failure: string | undefined;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async *lines(): AsyncGenerator<Buffer> {
    let open: Buffer[] = [];
    try {
      for await (const chunk of this.#chunks()) {
        let start = 0;
        for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
          open.push(chunk.subarray(start, end));
          yield Buffer.concat(open);
          open = [];
          start = end + 1;
        }
        open.push(chunk.subarray(start));
      }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
      this.failure = FAILURES[code] ?? `cannot be read (${code})`;
    }
    const rest = Buffer.concat(open);
    // What is left before a break is half a line.
    if (this.failure === undefined && rest.length > 0) yield rest;
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    const file = createReadStream(this.#path);
    const gunzip = createGunzip();
    let empty = true;
    file.on("error", (error) => gunzip.destroy(error));
    file.on("data", () => {
      empty = false;
    });
    file.pipe(gunzip);
    for await (const chunk of gunzip) yield chunk as Buffer;
    if (empty) throw Object.assign(new Error("empty"), { code: "Z_BUF_ERROR" });
  }
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}

/** The line as JSON text that DuckDB takes; undefined when it is not one JSON object. */
function wellFormedObject(line: Buffer): string | undefined {
  try {
    const value: unknown = JSON.parse(line.toString("utf8"));
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return JSON.stringify(wellFormed(value));
  } catch {
    // Not JSON, too long for a string, or nested too deep to walk.
    return undefined;
  }
}

function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key.toWellFormed(), wellFormed(child)]));
}
