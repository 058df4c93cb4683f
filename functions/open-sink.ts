import { openLake } from "../shared/lake/open.ts";
import type { Sink } from "../shared/lake/sink.ts";

type S3Options = Parameters<typeof openLake>[2];

/**
 * Where a host writes: events to the lake; raw records to the quarantine, which may be a bucket of its own, with its own
 * key and other readers.
 * @throws LakeUrlError
 */
export async function openSink(
  { lake, quarantine }: { readonly lake: string; readonly quarantine?: string | undefined },
  env: NodeJS.ProcessEnv,
  s3: S3Options = {},
): Promise<Sink> {
  const events = await openLake(lake, env, s3);
  if (quarantine === undefined) return events;
  const raw = await openLake(quarantine, env, s3);
  return { put: (key, body) => (key.startsWith("quarantine/") ? raw : events).put(key, body) };
}
