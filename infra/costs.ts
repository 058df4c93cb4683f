/** What the tables of docs/costs.md are computed from. Each price has a date and says how sure it is. */
export interface Costs {
  readonly currency: string;
  readonly marks: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, Value>>;
  readonly sources: readonly Source[];
  /** For one event, each month. */
  readonly storage: Line;
  readonly sizes: readonly { readonly name: string; readonly eventsPerDay: number }[];
}

interface Value {
  readonly value: number;
  readonly unit: string;
  readonly mark: string;
  readonly date: string;
  readonly text: string;
}

interface Line {
  readonly text: string;
  readonly formula: string;
}

interface Source {
  readonly name: string;
  readonly perEvent: readonly Line[];
  readonly perMonth: readonly Line[];
}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?(?:e[+-]?\d+)?)|([A-Za-z]\w*)|([-+*/()]))/y;

/**
 * Computes a formula of numbers, names, `+ - * /` and brackets.
 * @param used takes the names that occur.
 * @throws Error that shows the formula, when it is not one or has a name without a value.
 */
export function evaluate(formula: string, values: Costs["values"], used = new Set<string>()): number {
  const tokens: (number | string)[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < formula.length) {
    const [, digits, name, sign] = TOKEN.exec(formula) ?? fail(formula);
    if (name !== undefined) {
      tokens.push(values[name]?.value ?? fail(formula, name));
      used.add(name);
    } else tokens.push(digits === undefined ? sign! : Number(digits));
  }
  let at = 0;
  const factor = (): number => {
    const token = tokens[at++];
    if (typeof token === "number") return token;
    if (token !== "(") fail(formula);
    const value = sum();
    return tokens[at++] === ")" ? value : fail(formula);
  };
  const product = (): number => {
    let value = factor();
    while (tokens[at] === "*" || tokens[at] === "/") value = tokens[at++] === "*" ? value * factor() : value / factor();
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === "+" || tokens[at] === "-")
      value = tokens[at++] === "+" ? value + product() : value - product();
    return value;
  };
  const value = sum();
  return at === tokens.length ? value : fail(formula);
}

function fail(formula: string, name?: string): never {
  throw new Error(name === undefined ? `not a formula: ${formula}` : `no value for ${name} in: ${formula}`);
}

const MILLION = 1_000_000;

/** The tables as Markdown, in the order in which docs/costs.md has them, without a line end at the end. */
export function renderCosts(costs: Costs): string {
  const { values } = costs;
  const perEvent = (source: Source) => total(source.perEvent, values);
  const lines = costs.sources.flatMap((source) => [
    ...source.perEvent.map((line) =>
      row(source.name, line.text, dollars(evaluate(line.formula, values) * MILLION), `\`${line.formula}\``),
    ),
    row(`**${source.name}**`, "**together**", `**${dollars(perEvent(source) * MILLION)}**`, ""),
  ]);
  const fixed = costs.sources.flatMap(({ name, perMonth }) =>
    perMonth.map((line) => row(name, line.text, dollars(evaluate(line.formula, values)), `\`${line.formula}\``)),
  );
  const months = costs.sources.map((source) =>
    row(
      source.name,
      ...costs.sizes.map(({ eventsPerDay }) =>
        dollars(perEvent(source) * eventsPerDay * values["days"]!.value + total(source.perMonth, values)),
      ),
    ),
  );
  const storage = costs.sizes.map(({ eventsPerDay }) =>
    dollars(evaluate(costs.storage.formula, values) * eventsPerDay * values["days"]!.value),
  );
  return [
    "### For a million events",
    "",
    ...table(["source", "what", costs.currency, "formula, for one event"], lines),
    "### Each month, whatever happens",
    "",
    ...table(["source", "what", costs.currency, "formula"], fixed),
    "### For a cluster, each month",
    "",
    "`sum for one event * events a day * days + fixed`",
    "",
    ...table(
      ["source", ...costs.sizes.map(({ name }) => name)],
      [...months, row(`${costs.storage.text} (\`${costs.storage.formula}\`, for one event)`, ...storage)],
    ),
    "### Prices and assumptions",
    "",
    ...Object.entries(costs.marks).map(([mark, text]) => `- **${mark}**: ${text}`),
    "",
    ...table(
      ["name", "value", "unit", "", "date", "what"],
      Object.entries(values).map(([name, { value, unit, mark, date, text }]) =>
        row(`\`${name}\``, plain(value), unit, mark, date, text),
      ),
    ),
  ]
    .join("\n")
    .trimEnd();
}

function total(lines: readonly Line[], values: Costs["values"]): number {
  return lines.reduce((sum, { formula }) => sum + evaluate(formula, values), 0);
}

function table(heads: readonly string[], rows: readonly string[]): string[] {
  return [row(...heads), row(...heads.map(() => "---")), ...rows, ""];
}

const row = (...cells: string[]) => `| ${cells.join(" | ")} |`;

/** To the cent below a hundred, whole above: the prices are no more precise. */
function dollars(amount: number): string {
  if (amount === 0) return "0";
  if (amount < 0.005) return "< 0.01";
  return amount < 100 ? amount.toFixed(2) : String(Math.round(amount));
}

/** Small prices without an exponent. */
function plain(value: number): string {
  return value < 0.0001 ? value.toFixed(12).replace(/0+$/, "") : String(value);
}
