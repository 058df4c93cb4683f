import type { RejectReason } from "../adapter.ts";

/**
 * One record of an input: a parsed JSON value, a line of text that is not JSON (export-task lines, klog, a cut event),
 * or bytes that cannot be a record. `number` counts from 1 within the input; `line` is the line it starts on.
 */
export type Framed = { readonly number: number; readonly line: number; readonly bytes: number } & (
  | { readonly kind: "value"; readonly value: unknown; readonly raw: () => Uint8Array }
  | { readonly kind: "text"; readonly text: string; readonly raw: () => Uint8Array }
  | { readonly kind: "reject"; readonly reason: RejectReason; readonly hint?: string; readonly raw: () => Uint8Array }
);

/**
 * The largest single record read, in bytes. The API server takes requests up to 1.5 MiB (etcd's limit, two bodies an
 * event), Event Hubs messages up to 1 MB, Pub/Sub up to 10 MB; a webhook batch is bounded by 400 events by default.
 * 64 MiB is four times the largest of them (an EventList of large events) and still bounded memory.
 */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;
