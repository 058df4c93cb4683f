import { Buffer } from "node:buffer";
import type { AuditEvent } from "../../shared/event.ts";
import type { Framed } from "../../shared/input/framed.ts";
import { Framer } from "../../shared/input/framer.ts";
import { gunzipIfNeeded } from "../../shared/input/gunzip.ts";
import { gzipObject } from "../../shared/lake/encode.ts";
import { createRecordRedactor, isStored } from "../redact/stored.ts";
import type { Redaction } from "../redaction.ts";
import type { Examiner } from "./examiner.ts";

/** An object of a lake as it should have been stored. */
export interface Rewritten {
  readonly body: Uint8Array;
  /** Lines, as many as before. */
  readonly events: number;
  /** Values taken out now. */
  readonly redactions: number;
}

/** The object must stay as it is; `message` says why, without content. */
export class NotRewritable extends Error {
  override readonly name = "NotRewritable";
}

/**
 * Redacts every event of an object, and makes sure of the result before anybody relies on it: as many lines, the same
 * event ids in the same order, nothing left to find. Object keys are made of the ids, so the key stays right.
 *
 * @param bytes the object as stored, gzip or not; the result is the same kind.
 * @throws NotRewritable; InputError when `bytes` cannot be unpacked.
 */
export async function rewrite(bytes: Uint8Array, redaction: Redaction, examiner: Examiner): Promise<Rewritten> {
  const redactor = createRecordRedactor(redaction.options);
  const ids: string[] = [];
  const lines: string[] = [];
  let redactions = 0;
  for (const { line, event } of await storedEvents(bytes)) {
    ids.push(event.ingest.eventId);
    redactions += redactor.redact(event, true).length;
    lines.push(encode(event, line));
  }
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const body = isGzip ? gzipObject(text) : text;
  await verify(body, ids, examiner);
  return { body, events: ids.length, redactions };
}

async function verify(body: Uint8Array, ids: readonly string[], examiner: Examiner): Promise<void> {
  const after = await storedEvents(body);
  if (after.length !== ids.length) throw new NotRewritable("the rewritten object would not have the same events");
  for (const [index, { line, event, text }] of after.entries()) {
    if (event.ingest.eventId !== ids[index]) throw new NotRewritable(`line ${line} would lose its event id`);
    if (!examiner.isClean(event, text)) throw new NotRewritable(`line ${line} still shows a secret after redaction`);
  }
}

interface StoredLine {
  readonly line: number;
  readonly event: AuditEvent;
  readonly text: string;
}

async function storedEvents(bytes: Uint8Array): Promise<StoredLine[]> {
  const found: StoredLine[] = [];
  const framer = new Framer();
  for await (const chunk of gunzipIfNeeded([bytes])) {
    for (const framed of framer.push(chunk)) found.push(storedLine(framed));
  }
  for (const framed of framer.finish()) found.push(storedLine(framed));
  return found;
}

function storedLine(framed: Framed): StoredLine {
  if (framed.kind !== "value" || !isStored(framed.value)) {
    throw new NotRewritable(`line ${framed.line} is not an event that this lake's pipeline wrote`);
  }
  return { line: framed.line, event: framed.value, text: Buffer.from(framed.raw()).toString("utf8") };
}

function encode(event: AuditEvent, line: number): string {
  try {
    return JSON.stringify(event);
  } catch {
    throw new NotRewritable(`line ${line} is nested too deep to be written`);
  }
}
