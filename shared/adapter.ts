import type { CloudProvider, ClusterProvider, IngestSource, NativeEvent, Split, TruncatedBy } from "./event.ts";

/**
 * The adapter contract: a provider's delivery in, an iterable of (native event or text, cluster context, delivery id,
 * delivery time) out. No field mapping unless the cloud lacks the native event. Adapters are pure and never throw on
 * input: what they cannot use they yield as a named skip or reject.
 */
export interface Adapter {
  /** The value of `--source`. */
  readonly name: ClusterProvider;
  /**
   * Names the envelope if `value` (one parsed JSON value, or a line of text that is not JSON) is one of this
   * adapter's, by its discriminating keys; undefined if not. Cheap: called for every record of an `auto` source.
   */
  recognise(value: unknown): string | undefined;
  /** `value`: as for `recognise`. Items come in record order. */
  decode(value: unknown, context: SourceContext): Iterable<Item>;
}

/** What the caller knows and the records may not say. A record's own statement always wins. */
export interface SourceContext {
  cluster?: string;
  account?: string;
  region?: string;
}

/** Where records come from; adapters make one per cluster and reuse the object for all its items. */
export interface Place {
  readonly provider: ClusterProvider;
  readonly cloud: CloudProvider;
  readonly account?: string;
  readonly region?: string;
  /** Cluster name; absent when neither the record nor the caller says. */
  readonly cluster?: string;
  /** Provider's full cluster id; absent when it cannot be built, then the name stands in. */
  readonly clusterId?: string;
}

interface ItemBase {
  readonly place: Place;
  readonly source: IngestSource;
  /** The source's own id of this record (CloudWatch event id, insertId...); absent: the delivery's id and the record number. */
  readonly id?: string;
  /** The source's own delivery time, RFC 3339; absent when it gives none. */
  readonly delivered?: string;
}

/** A native event, already parsed (EventList items, `properties.log` as object) or converted (GKE). */
export interface EventItem extends ItemBase {
  readonly kind: "event";
  readonly event: NativeEvent;
  /** Dotted paths that the conversion derived or assumed. */
  readonly inferred?: readonly string[];
  readonly split?: Split;
}

/** JSON text of one native event; the core parses it, and salvages what it can if it was cut. */
export interface TextItem extends ItemBase {
  readonly kind: "text";
  readonly text: string;
  /** Who is known to cut texts on this path; names `ingest.truncated.by` when the text turns out to be cut. */
  readonly cutBy: TruncatedBy;
}

/** A well-formed record that is not an audit event: counted under `reason`, not stored. */
export interface SkipItem {
  readonly kind: "skip";
  readonly reason: SkipReason;
}

/** A record that claims to be ours and cannot be used: its raw bytes go to quarantine. */
export interface RejectItem {
  readonly kind: "reject";
  readonly reason: RejectReason;
  /** The part that cannot be used; absent: the whole record as it came. */
  readonly raw?: string | Uint8Array;
  readonly place?: Place;
  /** One line for the operator: what was expected and what to do. Never quotes the record. */
  readonly hint?: string;
}

export type Item = EventItem | TextItem | SkipItem | RejectItem;

/** Every way in which a record is knowingly not stored. Names are stable: reports and alarms use them. */
export type SkipReason =
  | "control-message" // CloudWatch Logs reachability probe
  | "other-log-stream" // not a kube-apiserver-audit- stream
  | "klog" // component log text beside audit events
  | "other-category" // AKS diagnostic category that is not audit
  | "other-service" // LogEntry of another Google service
  | "not-audit" // JSON that is well-formed and of the right source, but not an audit record (a table of another kind)
  | "empty"; // a batch with no records in it

export type RejectReason =
  | "not-json"
  | "not-an-object"
  | "not-an-event" // JSON object without any field of an audit event
  | "unrecognised" // no adapter knows the envelope
  | "wrong-source" // another adapter's envelope under this --source
  | "bad-base64"
  | "bad-gzip"
  | "truncated-gzip"
  | "gzip-bomb"
  | "unreadable" // the file or stream failed while it was read
  | "too-large"
  | "too-deep"
  | "invalid-utf8"
  | "bad-envelope" // right discriminating keys, wrong types inside
  | "unencodable" // the event cannot be written as JSON
  | "leak-gate"; // the output gate found a secret after redaction
