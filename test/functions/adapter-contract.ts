import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Adapter, Item, Place, RejectReason, SkipReason, SourceContext } from "../../shared/adapter.ts";
import type { CloudProvider, ClusterProvider, IngestSource, TruncatedBy } from "../../shared/event.ts";

/** What a case must yield; a kind or reason that is not named must not occur. */
export interface ExpectedItems {
  event?: number;
  text?: number;
  skip?: Partial<Record<SkipReason, number>>;
  reject?: Partial<Record<RejectReason, number>>;
}

export interface AdapterCase {
  name: string;
  /** One parsed JSON value, or a line of text that is not JSON. */
  value: unknown;
  /** Default: {}. */
  context?: SourceContext;
  /** Exact answer of `recognise`; null: it must answer undefined; absent: not asserted. */
  recognised?: string | null;
  expected: ExpectedItems;
  /** auditIDs of the event and text items (texts must then be whole JSON), in record order. */
  order?: readonly string[];
  /** Path of an array inside `value` ([] is the value itself) whose every element yields exactly one item. */
  records?: readonly (string | number)[];
}

/**
 * The one contract test of every adapter: the laws of shared/adapter.ts on the adapter's own cases, on damaged copies
 * of them, and on arbitrary JSON and text.
 */
export function describeAdapter(adapter: Adapter, cases: readonly AdapterCase[]): void {
  const decode = (value: unknown, context: SourceContext = {}): Item[] => [...adapter.decode(value, context)];

  describe(`${adapter.name}: adapter contract`, () => {
    describe.each(cases.map((c) => [c.name, c] as const))("%s", (_name, c) => {
      it("yields exactly the expected items", () => {
        expect(summary(decode(c.value, c.context))).toEqual(normal(c.expected));
      });

      it("is pure: leaves its input alone and answers the same twice", () => {
        const frozen = deepFreeze(structuredClone(c.value));
        const context = Object.freeze({ ...c.context });
        const first = decode(frozen, context);
        expect(decode(frozen, context)).toEqual(first);
        expect(frozen).toEqual(c.value);
      });

      it("fills every item", () => {
        for (const item of decode(c.value, c.context)) checkItem(item, adapter.name);
      });

      it("reuses one place object per cluster", () => {
        const places = new Map<string, Place>();
        for (const item of decode(c.value, c.context)) {
          if (item.kind === "skip" || item.place === undefined) continue;
          const key = JSON.stringify(item.place);
          const seen = places.get(key) ?? item.place;
          places.set(key, seen);
          expect(item.place).toBe(seen);
        }
      });

      it("can be read item by item and abandoned", () => {
        const iterator = adapter.decode(c.value, c.context ?? {})[Symbol.iterator]();
        const first = iterator.next();
        expect(first.done).not.toBe(true);
        iterator.return?.();
        expect(decode(c.value, c.context)[0]).toEqual(first.value);
      });

      if (c.recognised !== undefined)
        it("is recognised as expected", () => {
          expect(adapter.recognise(c.value)).toBe(c.recognised ?? undefined);
        });

      if (c.order !== undefined)
        it("keeps the order of the records", () => {
          expect(auditIds(decode(c.value, c.context))).toEqual(c.order);
        });

      if (c.records !== undefined)
        it("loses nothing but the record that is bad", () => {
          const good = decode(c.value, c.context);
          const length = (at(c.value, c.records ?? []) as unknown[]).length;
          expect(length).toBe(good.length);
          for (let i = 0; i < length; i++) {
            for (const bad of BAD_RECORDS) {
              const items = decode(replaceAt(c.value, [...(c.records ?? []), i], bad), c.context);
              expect(items.length).toBe(good.length);
              expect(items.filter((_, j) => j !== i)).toEqual(good.filter((_, j) => j !== i));
            }
          }
        });
    });

    it("survives damage to any place of its envelopes, loses nothing silently and quotes nothing", () => {
      const damage = fc.record({
        which: fc.nat(),
        where: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
        by: fc.oneof(anyJson, fc.constant(CANARY), fc.constant({ [CANARY]: CANARY })),
      });
      fc.assert(
        fc.property(damage, ({ which, where, by }) => {
          const c = cases[which % cases.length];
          if (c !== undefined) checkAnswer(replaceAt(c.value, pathIn(c.value, where), by), c.context);
        }),
        { numRuns: 400 },
      );
    });

    it("never throws on any JSON value and always accounts for it", () => {
      fc.assert(
        fc.property(anyJson, (value) => checkAnswer(value, {})),
        { numRuns: 300 },
      );
    });

    it("never throws on any text and always accounts for it", () => {
      const text = fc.oneof(
        fc.string(),
        fc.array(fc.constantFrom(...ODD_CHARACTERS), { maxLength: 12 }).map((parts) => parts.join("")),
        fc.string().map((s) => `{"kind":"Event",${s}`),
        fc.string().map((s) => `2026-11-22T01:02:03.456Z ${s}`),
        fc.string().map((s) => `${s}${CANARY}`),
      );
      fc.assert(
        fc.property(text, (value) => checkAnswer(value, {})),
        { numRuns: 300 },
      );
    });

    function checkAnswer(value: unknown, context: SourceContext | undefined): void {
      const recognised = adapter.recognise(value);
      expect(recognised === undefined || !recognised.includes(CANARY)).toBe(true);
      const items = decode(value, context);
      expect(items.length).toBeGreaterThan(0);
      for (const item of items) checkItem(item, adapter.name);
    }
  });
}

// --- Internal helpers ---

const CANARY = "canary-5d1c0f";

/** A BOM, NUL, lone surrogates, line separators, and what JSON and klog are made of. */
const ODD_CHARACTERS = [
  "\uFEFF",
  "\0",
  "\uD800",
  "\uDC00",
  "\u2028",
  "\r\n",
  " ",
  "{",
  "}",
  "[",
  '"',
  "\\",
  "'",
  "I1122 ",
  "é",
  "\u{1F600}",
];

const BAD_RECORDS: readonly unknown[] = [null, 7, "x", "", {}, [], { unknown: true }];

const anyJson: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 4 });

const CLOUD_OF: Record<ClusterProvider, CloudProvider> = { eks: "aws", gke: "gcp", aks: "azure", kubernetes: "none" };

const SOURCES = new Set<IngestSource>([
  "cloudwatch-logs",
  "cloudwatch-export",
  "logs-insights",
  "pubsub",
  "cloud-logging",
  "event-hubs",
  "azure-storage",
  "log-analytics",
  "audit-webhook",
  "audit-log",
]);

const CUTTERS = new Set<TruncatedBy>(["eks", "aks-16k", "aks-skipped", "apiserver", "log-analytics", "input"]);

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function checkItem(item: Item, provider: ClusterProvider): void {
  if (item.kind === "skip") {
    expect(item.reason).toMatch(/^[a-z-]+$/);
    return;
  }
  if (item.kind === "reject") {
    expect(item.reason).toMatch(/^[a-z0-9-]+$/);
    if (item.place !== undefined) checkPlace(item.place, provider);
    if (item.hint !== undefined) {
      expect(item.hint).not.toContain(CANARY);
      expect(item.hint).toMatch(/^[^\n]{1,300}$/);
    }
    return;
  }
  checkPlace(item.place, provider);
  expect(SOURCES).toContain(item.source);
  if (item.id !== undefined) expect(item.id).not.toBe("");
  if (item.delivered !== undefined) expect(item.delivered).toMatch(RFC3339);
  if (item.kind === "text") {
    expect(typeof item.text).toBe("string");
    expect(CUTTERS).toContain(item.cutBy);
  } else {
    expect(typeof item.event === "object" && item.event !== null && !Array.isArray(item.event)).toBe(true);
  }
}

function checkPlace(place: Place, provider: ClusterProvider): void {
  expect(place.provider).toBe(provider);
  expect(place.cloud).toBe(CLOUD_OF[provider]);
  for (const key of ["account", "region", "cluster", "clusterId"] as const) {
    // Absent, not undefined and not empty: the writer makes partition names of these.
    if (key in place) expect(place[key]).toMatch(/./s);
  }
}

function summary(items: readonly Item[]): ExpectedItems {
  const counts: ExpectedItems = {};
  for (const item of items) {
    if (item.kind === "event" || item.kind === "text") counts[item.kind] = (counts[item.kind] ?? 0) + 1;
    else if (item.kind === "skip")
      counts.skip = { ...counts.skip, [item.reason]: (counts.skip?.[item.reason] ?? 0) + 1 };
    else counts.reject = { ...counts.reject, [item.reason]: (counts.reject?.[item.reason] ?? 0) + 1 };
  }
  return counts;
}

function normal(expected: ExpectedItems): ExpectedItems {
  return Object.fromEntries(Object.entries(expected).filter(([, n]) => n !== 0));
}

function auditIds(items: readonly Item[]): string[] {
  const ids: string[] = [];
  for (const item of items) {
    if (item.kind === "event") ids.push(String(item.event["auditID"]));
    else if (item.kind === "text") ids.push(String((JSON.parse(item.text) as { auditID?: unknown }).auditID));
  }
  return ids;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

type Path = readonly (string | number)[];

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((v, key) => (v as Record<string | number, unknown>)[key], value);
}

function replaceAt(value: unknown, path: Path, by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const inner = replaceAt((value as Record<string | number, unknown>)[key], rest, by);
  if (Array.isArray(value)) return value.with(Number(key), inner);
  return { ...(value as object), [key]: inner };
}

/** Walks down `value` by `choices`, so that any number list is a path of an existing place. */
function pathIn(value: unknown, choices: readonly number[]): Path {
  const path: (string | number)[] = [];
  let inner = value;
  for (const choice of choices) {
    if (typeof inner !== "object" || inner === null) break;
    const keys = Object.keys(inner);
    const key = keys[choice % (keys.length + 1)];
    if (key === undefined) break;
    path.push(Array.isArray(inner) ? Number(key) : key);
    inner = (inner as Record<string, unknown>)[key];
  }
  return path;
}
