import type { Adapter, SourceContext } from "./adapter.ts";
import type { Sink } from "./lake/sink.ts";
import type { Redactor } from "./redact/redactor.ts";

/** One unit of arrival: a Lambda payload, an HTTP request, a file. */
export interface Delivery {
  /** For messages: the file's name, "stdin", "POST /". */
  readonly name: string;
  /** The delivery's own id; with the record's number it stands in for records that have none. */
  readonly id: string;
  /** The host's delivery time, RFC 3339, for records that carry none themselves. Absent for files. */
  readonly delivered?: string;
  /**
   * The host's clock at arrival, milliseconds since 1970: measures the lag, in place of the records' own delivery time.
   * Never stored, so that the same bytes make the same objects.
   */
  readonly arrivedMs?: number;
  /** Bytes (gzip or not) that hold any number of records, or one value that the host has parsed already. */
  readonly body:
    | { readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array> }
    | { readonly value: unknown; readonly bytes: number };
}

/** Something that did not go well with one record. Holds no content of it. */
export interface Problem {
  readonly input: string;
  /** From 1 within the input; 0 when the input as a whole is meant. */
  readonly record: number;
  readonly line?: number;
  readonly reason: string;
  /** `quarantined`: not stored, raw bytes kept aside. `salvaged`: a stub is stored, raw bytes kept aside. */
  readonly action: "quarantined" | "salvaged";
  readonly hint?: string;
}

export interface IngestContext {
  readonly lake: Sink;
  /** Picks the adapter for one value; `undefined` quarantines it as unrecognised. A fixed source ignores `value`. */
  readonly adapterFor: (value: unknown) => Adapter | undefined;
  /** What the records may not say. */
  readonly source: SourceContext;
  readonly redactor: Redactor;
  /** The output gate: last look at each encoded event; one that still shows a secret goes to quarantine. */
  readonly findLeak: (line: string) => unknown;
  readonly onProblem?: (problem: Problem) => void;
}
