import type { JsonValue } from "../../shared/event.ts";
import type { Row } from "./rows.ts";

const GAP = "  ";
/** A column is not cut below this many cells while others are wider. */
const NARROWEST = 6;

/**
 * Lines of an aligned table with a header; numbers to the right. Given a terminal's width, the widest columns are cut
 * (`…`) until the lines fit; without one nothing is cut.
 */
export async function* tableLines(
  rows: AsyncIterable<Row>,
  columns: readonly string[],
  terminalWidth: number | undefined,
): AsyncGenerator<string> {
  const header = columns.map(cellText);
  const cells: string[][] = [];
  const numeric = columns.map(() => true);
  for await (const row of rows) {
    cells.push(
      columns.map((column, index) => {
        const value = row[column] ?? null;
        if (value !== null && typeof value !== "number") numeric[index] = false;
        return cellText(value);
      }),
    );
  }
  const widths = header.map((title, index) =>
    cells.reduce((most, row) => Math.max(most, width(row[index]!)), width(title)),
  );
  if (terminalWidth !== undefined) shrink(widths, terminalWidth);
  for (const row of [header, widths.map((cells) => "-".repeat(cells)), ...cells]) {
    const line = row
      .map((text, index) => pad(text, widths[index]!, numeric[index]! && cells.length > 0))
      .join(GAP)
      .trimEnd();
    yield `${terminalWidth === undefined ? line : cut(line, terminalWidth)}\n`;
  }
}

/** Takes cells from the widest columns until the line fits or all are at {@link NARROWEST}. */
function shrink(widths: number[], terminalWidth: number): void {
  let excess = widths.reduce((sum, cells) => sum + cells + GAP.length, -GAP.length) - terminalWidth;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) return;
    const next = Math.max(NARROWEST, ...widths.filter((cells) => cells < widest));
    const share = widths.filter((cells) => cells === widest).length;
    const step = Math.min(widest - next, Math.ceil(excess / share));
    for (const [index, cells] of widths.entries()) {
      if (cells === widest) widths[index] = cells - step;
    }
    excess -= step * share;
  }
}

/**
 * What steers a terminal or changes reading order (C0, C1, bidirectional overrides, line separators). Audit events hold
 * text that strangers chose, a user agent for one: it is shown, never obeyed.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const STEERING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const ESCAPES: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function cellText(value: JsonValue): string {
  if (value === null) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replace(STEERING, (char) => ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** East Asian wide and emoji characters take two cells of a terminal, combining marks none. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const PLAIN = /^[\u0020-\u007e]*$/;

function width(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let cells = 0;
  for (const char of text) cells += charWidth(char);
  return cells;
}

function charWidth(char: string): number {
  if (/\p{M}/u.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}

function pad(text: string, cells: number, right: boolean): string {
  const fitted = cut(text, cells);
  const space = " ".repeat(Math.max(0, cells - width(fitted)));
  return right ? space + fitted : fitted + space;
}

function cut(text: string, cells: number): string {
  if (width(text) <= cells) return text;
  let kept = "";
  let used = 0;
  for (const char of text) {
    used += charWidth(char);
    if (used > cells - 1) break;
    kept += char;
  }
  return `${kept}…`;
}
