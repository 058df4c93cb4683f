import type { Delivery, IngestContext } from "./delivery.ts";
import type { Framed } from "./input/framed.ts";
import { Framer } from "./input/framer.ts";
import { gunzipIfNeeded, gunzipUpToFault, InputError } from "./input/gunzip.ts";
import { RawInput } from "./input/raw-input.ts";
import { Intake } from "./intake.ts";
import { Tally } from "./tally.ts";

/**
 * The pipeline: decode (adapter) -> normalise -> redact -> encode -> write. Cloud-blind, streaming: memory is bounded
 * by the open output objects and one record, not by the input.
 *
 * @returns the tally; every record of every delivery is in it exactly once.
 * @throws StorageError when the lake refused a write: fail the delivery, the source sends it again, and what was
 * written before is found taken. An input that cannot be read to its end is a counted problem, not an exception.
 */
export async function ingest(
  deliveries: AsyncIterable<Delivery> | Iterable<Delivery>,
  context: IngestContext,
  tally: Tally = new Tally(),
): Promise<Tally> {
  const intake = new Intake(context, tally);
  try {
    for await (const delivery of deliveries) await deliver(delivery, intake, tally);
    await intake.close();
  } catch (error) {
    intake.abandon();
    throw error;
  }
  return tally;
}

async function deliver(delivery: Delivery, intake: Intake, tally: Tally): Promise<void> {
  intake.begin(delivery);
  const { body } = delivery;
  if ("value" in body) {
    tally.bytesIn += body.bytes;
    // Only a record that goes to quarantine is written out again.
    const raw = () => Buffer.from(JSON.stringify(body.value) ?? "");
    await intake.value(body.value, { number: 1, raw });
    return;
  }
  const framer = new Framer();
  const raw = new RawInput();
  let inflated = 0;
  const read = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) {
      tally.bytesIn += chunk.length;
      inflated += chunk.length;
      for (const framed of framer.push(chunk)) {
        const pending = handle(framed, intake);
        if (pending !== undefined) await pending;
      }
      raw.refuseBomb(inflated, intake.usable);
    }
  };
  let fault: InputError | undefined;
  try {
    await read(gunzipIfNeeded(raw.watch(body.chunks)));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    fault = error;
    const whole = fault.reason === "bad-gzip" ? raw.whole() : undefined;
    if (whole !== undefined) await read(gunzipUpToFault(whole, fault.at, inflated));
  }
  for (const framed of framer.finish()) await handle(framed, intake);
  if (fault === undefined) return;
  const reject = { kind: "reject", reason: fault.reason, hint: fault.message } as const;
  await intake.reject(reject, { number: 0, raw: () => raw.unusedHead() });
}

/** Returns a promise only when the lake has to be waited for: most records cost no turn of the event loop. */
function handle(framed: Framed, intake: Intake): Promise<void> | undefined {
  if (framed.kind === "value") return intake.value(framed.value, framed);
  if (framed.kind === "text") return intake.value(framed.text, framed);
  const { reason, hint } = framed;
  return intake.reject(hint === undefined ? { kind: "reject", reason } : { kind: "reject", reason, hint }, framed);
}
