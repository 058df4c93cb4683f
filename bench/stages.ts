import { gunzipSync } from "node:zlib";
import { eks } from "../functions/eks/decode.ts";
import type { Item, TextItem } from "../shared/adapter.ts";
import type { AuditEvent, NativeEvent } from "../shared/event.ts";
import { parseJson } from "../shared/json.ts";
import { LakeWriter } from "../shared/lake/writer.ts";
import { normalise } from "../shared/normalise.ts";
import { createRedactor } from "../shared/redact/create.ts";
import { findLeak } from "../shared/redact/gate.ts";
import type { BenchInput } from "./inputs.ts";

export interface Stage {
  readonly name: string;
  readonly ms: number;
}

/** Each stage of the pipeline by itself on the EKS input, one after the other over all events. */
export async function timeStages(input: BenchInput): Promise<Stage[]> {
  const stages: Stage[] = [];
  const timed = <T>(name: string, work: () => T): T => {
    const started = performance.now();
    const result = work();
    stages.push({ name, ms: performance.now() - started });
    return result;
  };
  const payloads = input.payloads ?? [];
  timed("gunzip alone", () => {
    for (const payload of payloads)
      gunzipSync(Buffer.from((payload as { awslogs: { data: string } }).awslogs.data, "base64"));
  });
  const items = timed("decode (gunzip, envelope)", () =>
    payloads.flatMap((payload): Item[] => [...eks.decode(payload, {})]),
  );
  const texts = items.filter((item): item is TextItem => item.kind === "text");
  const natives = timed("parse", () => texts.map(({ text }) => parseJson(text) as NativeEvent));
  const events = timed("normalise", () => natives.map((native, i) => normalise(native, texts[i]!, texts[i]!.id ?? "")));
  const redactor = createRedactor();
  timed("redact", () => {
    for (const event of events as AuditEvent[]) {
      const redactions = redactor.redact(event);
      if (redactions !== undefined) event.ingest.redactions = redactions;
    }
  });
  const lines = timed("encode (stringify)", () => events.map((event) => JSON.stringify(event)));
  timed("output gate", () => {
    for (const line of lines) findLeak(line);
  });
  const started = performance.now();
  const writer = new LakeWriter({ put: async () => "created" });
  for (let i = 0; i < lines.length; i++) {
    const event = events[i]!;
    const pending = writer.add(`hour=${event.time.slice(11, 13)}`, event.ingest.eventId, event.time, lines[i]!);
    if (pending !== undefined) await pending;
  }
  await writer.close();
  stages.push({ name: "write (gzip)", ms: performance.now() - started });
  return stages;
}
