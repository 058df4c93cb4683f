import type { JsonObject, JsonValue, Redaction } from "../event.ts";
import { certificateMarker, isPrivateKey } from "./certificate.ts";
import { secretBytes } from "./fingerprint.ts";
import { isRawNumber } from "./json.ts";
import { escapePointer, isMarker, marker } from "./marker.ts";
import { nestedJson } from "./nested.ts";
import { below, type Place } from "./places.ts";
import { JSON_TEXT } from "./prefilter.ts";
import { renameKeys } from "./rename.ts";
import type { Rule } from "./rule.ts";
import type { Handler, Ruleset } from "./ruleset.ts";
import type { Spans } from "./spans.ts";
import { NO_SUBJECT, type Subject } from "./subject.ts";
import { findSecrets, MIN_TEXT, prefilter, withoutSecrets } from "./text.ts";

/**
 * Deeper than this is not walked. The schema of a CRD that embeds a pod template nests about 45 deep (two levels for each
 * property), the deepest thing that people write; the API server itself takes 10,000.
 */
export const MAX_DEPTH = 100;

/** Objects and arrays in one event. A list of 4,000 pods has about 400,000; the API server's default cuts events at 100 KiB. */
export const MAX_NODES = 500_000;

export type Limit = "depth" | "nodes" | "text";

/** Thrown inside the redactor only, and caught there: the part of the event that is being walked has to go. */
export class LimitReached extends Error {
  readonly limit: Limit;
  constructor(limit: Limit) {
    super(`redactor limit reached: ${limit}`);
    this.limit = limit;
  }
}

/** An object, or an array under the names of its indices. */
export type Container = JsonObject;

/** A pointer to the value that the keys from depth `from` are inside of. */
export interface Origin {
  readonly prefix: string;
  readonly from: number;
}

const EVENT: Origin = { prefix: "", from: 0 };

/** Walks one event at a time; knows the path to where it is, and notes what it takes out. */
export class Walker {
  readonly rules: Ruleset;
  hits: Redaction[] = [];
  subject: Subject = NO_SUBJECT;
  /** Bodies of this event go, but for their metadata. */
  dropsBodies = false;
  /** Values taken out, noted or not. */
  changes = 0;
  /** Layers of JSON text around where the walk is. */
  textDepth = 0;

  /** For reports: what is a marker already is replaced as ever, but not noted. */
  private readonly quietAboutMarkers: boolean;
  private nodes = 0;
  private readonly keys: string[] = [];
  private origin: Origin = EVENT;
  private renames: { parent: Container; key: string }[] = [];

  constructor(rules: Ruleset, quietAboutMarkers: boolean) {
    this.rules = rules;
    this.quietAboutMarkers = quietAboutMarkers;
  }

  /** Begins a new event. */
  start(subject: Subject): void {
    this.hits = [];
    this.subject = subject;
    this.nodes = 0;
    this.changes = 0;
    this.forgetPlace();
  }

  /** Says that the value walked next at depth `d` is under `key`. */
  enter(d: number, key: string): void {
    this.keys[d] = key;
  }

  object(o: Container, d: number, at: Place | undefined): void {
    this.count(d);
    const kind = o["kind"];
    const place = typeof kind === "string" ? this.rules.placeOf(kind, at) : at;
    const renames = this.renames.length;
    for (const key in o) {
      const value = o[key]!;
      const inner = place === undefined ? undefined : below(place, key);
      const handler = this.rules.handlerOf(key);
      if (inner !== undefined || handler !== null) {
        this.keys[d] = key;
        this.special(o, key, value, d, inner, handler);
      } else if (typeof value === "string") {
        if (value.length >= MIN_TEXT) {
          const mask = prefilter(value);
          if (mask !== 0) {
            this.keys[d] = key;
            this.text(o, key, value, d, mask);
          }
        }
      } else if (typeof value === "object" && value !== null) {
        this.keys[d] = key;
        if (Array.isArray(value)) this.array(value, d + 1, undefined);
        else this.object(value, d + 1, undefined);
      }
    }
    if (this.renames.length > renames) this.rename(renames);
  }

  array(a: JsonValue[], d: number, place: Place | undefined): void {
    this.count(d);
    for (let i = 0; i < a.length; i++) {
      const value = a[i]!;
      if (typeof value === "string") {
        if (value.length >= MIN_TEXT) {
          const mask = prefilter(value);
          if (mask !== 0) {
            this.keys[d] = String(i);
            this.text(a as unknown as Container, this.keys[d], value, d, mask);
          }
        }
      } else if (typeof value === "object" && value !== null) {
        this.keys[d] = String(i);
        if (Array.isArray(value)) this.array(value, d + 1, place);
        else this.object(value, d + 1, place);
      }
    }
  }

  /** Walks any value; its key has been entered at `d`. */
  value(parent: Container, key: string, value: JsonValue, d: number, place: Place | undefined): void {
    if (typeof value === "string") {
      if (value.length < MIN_TEXT) return;
      const mask = prefilter(value);
      if (mask !== 0) this.text(parent, key, value, d, mask);
    } else if (typeof value === "object" && value !== null) {
      if (Array.isArray(value)) this.array(value, d + 1, place);
      else this.object(value, d + 1, place);
    }
  }

  /** Walks one value of `o` as `object` does; for handlers that take an object apart themselves. */
  member(o: Container, key: string, value: JsonValue, d: number, place?: Place): void {
    this.keys[d] = key;
    const inner = place === undefined ? undefined : below(place, key);
    this.special(o, key, value, d, inner, this.rules.handlerOf(key));
  }

  private special(
    o: Container,
    key: string,
    value: JsonValue,
    d: number,
    place: Place | undefined,
    handler: Handler | null,
  ): void {
    if (place?.rule !== undefined) this.all(o, key, value, d, place.rule);
    else if (handler !== null) handler(this, o, key, value, d, place);
    else this.value(o, key, value, d, place);
  }

  /** Like `value`, but keys and kinds mean nothing below: text rules only. */
  plain(parent: Container, key: string, value: JsonValue, d: number): void {
    if (typeof value === "string") this.value(parent, key, value, d, undefined);
    if (typeof value !== "object" || value === null) return;
    this.count(d + 1);
    for (const name in value) {
      this.keys[d + 1] = name;
      this.plain(value as Container, name, (value as Container)[name]!, d + 1);
    }
  }

  /** Applies text rules to one string. */
  text(parent: Container, key: string, text: string, d: number, mask: number): void {
    if ((mask & JSON_TEXT) !== 0 && nestedJson(this, parent, key, text, d, undefined)) return;
    const spans = findSecrets(text, mask);
    if (!spans.empty) parent[key] = this.replaced(text, spans, d);
  }

  /** `text` with markers for `spans`, each noted. */
  replaced(text: string, spans: Spans, d: number): string {
    if (spans.full) {
      this.report(d, "fail-closed.text", text);
      return marker("fail-closed.text");
    }
    let out = "";
    let done = 0;
    for (const span of spans.joined()) {
      const treatment = this.rules.treatmentOf(span.rule);
      if (treatment === "keep") continue;
      const was = text.slice(span.start, span.end);
      out += text.slice(done, span.start) + marker(span.rule);
      done = span.end;
      this.report(d, span.rule, was, treatment === "fingerprint" ? (span.secret ?? was) : undefined);
    }
    return done === 0 ? text : out + text.slice(done);
  }

  /** Applies `rule` to every leaf at and below `value`; names of keys stay. */
  all(parent: Container, key: string, value: JsonValue, d: number, rule: Rule): void {
    const treatment = this.rules.treatmentFor(this, rule, parent, key);
    if (treatment === "keep" || treatment === "scan") {
      this.value(parent, key, value, d, undefined);
      return;
    }
    if (treatment === "drop" && !Array.isArray(parent)) {
      delete parent[key];
      this.report(d, rule.id, "");
      return;
    }
    this.leaves(parent, key, value, d, rule, treatment === "fingerprint");
  }

  private leaves(parent: Container, key: string, value: JsonValue, d: number, rule: Rule, print: boolean): void {
    if (value === null || value === "") return;
    if (typeof value === "object" && !isRawNumber(value)) {
      this.count(d + 1);
      const renames = this.renames.length;
      for (const name in value) {
        this.keys[d + 1] = name;
        if (this.rules.holdsSecret(name)) this.askRename(value as Container, name, d + 1);
        this.leaves(value as Container, name, (value as Container)[name]!, d + 1, rule, print);
      }
      if (this.renames.length > renames) this.rename(renames);
      return;
    }
    const text = typeof value === "string" ? value : String(isRawNumber(value) ? value["rawJSON"] : value);
    const id = rule.subject === true && isPrivateKey(text) ? "private-key" : rule.id;
    parent[key] = rule.subject === true && id === rule.id ? certificateMarker(id, text) : marker(id);
    const secret = rule.base64 === true ? secretBytes(text) : text;
    this.report(d, id, text, print ? secret : undefined);
  }

  /**
   * Notes what was taken out at the value under the key at `d`. `was` is what stood there; a `secret` is fingerprinted, if there
   * is a key.
   */
  report(d: number, rule: string, was: string, secret?: string | Uint8Array): void {
    this.changes++;
    if (this.quietAboutMarkers && isMarker(was)) return;
    const hit: Redaction = { path: this.path(d), rule };
    if (secret !== undefined && this.rules.fingerprint !== undefined) hit.fp = this.rules.fingerprint(secret);
    if (d < this.origin.from) {
      // Inside a text every hit has the text's path: one entry for each rule and secret is enough.
      for (let i = this.hits.length - 1; i >= 0 && this.hits[i]!.path === hit.path; i--) {
        if (this.hits[i]!.rule === rule && this.hits[i]!.fp === hit.fp) return;
      }
    }
    this.hits.push(hit);
  }

  /** RFC 6901 pointer to the value under the key at `d`. */
  path(d: number): string {
    let path = this.origin.prefix;
    for (let i = this.origin.from; i <= d; i++) path += `/${escapePointer(this.keys[i]!)}`;
    return path;
  }

  /** From now on paths begin with `prefix` and go on with the keys from depth `from`. Returns how to go back. */
  moveTo(prefix: string, from: number): Origin {
    const outer = this.origin;
    this.origin = { prefix, from };
    return outer;
  }

  moveBack(outer: Origin): void {
    this.origin = outer;
  }

  /** After an exception: the walk is nowhere. */
  forgetPlace(): void {
    this.origin = EVENT;
    this.textDepth = 0;
    this.renames = [];
  }

  /** Asks for a new name for `key`, once the walk has left `parent`; paths have the new name at once. */
  askRename(parent: Container, key: string, d: number): void {
    if (Array.isArray(parent)) return;
    this.renames.push({ parent, key });
    this.keys[d] = withoutSecrets(key);
  }

  private rename(since: number): void {
    const asked = this.renames.splice(since);
    const keys = asked.map(({ key }) => key);
    renameKeys(asked[0]!.parent, keys);
  }

  /** Counts an object or an array whose keys are at depth `d`. Throws LimitReached. */
  count(d: number): void {
    if (d > MAX_DEPTH) throw new LimitReached("depth");
    if (++this.nodes > MAX_NODES) throw new LimitReached("nodes");
  }
}
