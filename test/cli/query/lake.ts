import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { eventsDigest, objectName } from "../../../shared/lake/object-name.ts";
import { partitionPath } from "../../../shared/lake/partition.ts";
import type { LakeObject } from "../../../shared/lake/sink.ts";
import { StorageError } from "../../../shared/lake/sink.ts";

type Json = Record<string, unknown>;

export interface Placed {
  provider?: string;
  account?: string;
  region?: string;
  cluster?: string;
}

let audits = 0;

/** An event of the lake: the native keys given, the rest as on a quiet day. */
export function event(time: string, native: Json = {}, place: Placed = {}): Json {
  const { provider = "eks", account = "111122223333", region = "eu-west-1", cluster = "prod" } = place;
  const auditID = (native["auditID"] as string | undefined) ?? `audit-${audits++}`;
  const stage = (native["stage"] as string | undefined) ?? "ResponseComplete";
  const id = createHash("sha256").update(`${cluster} ${auditID} ${stage} ${time}`).digest("hex").slice(0, 32);
  return {
    time,
    cloud: { provider: "aws", account: { id: account }, region },
    cluster: { provider, name: cluster, id: `id-of-${cluster}` },
    ingest: { schema: 1, source: "audit-log", id: `record-${auditID}`, eventId: id },
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "Metadata",
    auditID,
    stage,
    requestURI: "/api/v1/namespaces/shop/pods",
    verb: "get",
    user: { username: "jane@example.com", groups: ["dev", "system:authenticated"] },
    sourceIPs: ["203.0.113.7"],
    userAgent: "kubectl/v1.35.0",
    objectRef: { resource: "pods", namespace: "shop", apiVersion: "v1" },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    annotations: { "authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "" },
    ...native,
  };
}

/** Key and bytes of the object that holds `events`, all of one partition. */
export function objectOf(events: readonly Json[]): { key: string; body: Buffer } {
  const first = events[0]!;
  const { provider, name } = first["cluster"] as Json;
  const { account, region } = first["cloud"] as { account: { id: string }; region: string };
  const time = first["time"] as string;
  const path = partitionPath({
    provider: provider as string,
    account: account.id,
    region,
    cluster: name as string,
    time,
  });
  const ids = events.map((one) => (one["ingest"] as { eventId: string }).eventId);
  const text = events.map((one) => `${JSON.stringify(one)}\n`).join("");
  return { key: `events/v1/${path}/${objectName(time, events.length, eventsDigest(ids))}`, body: gzipSync(text) };
}

/** A lake in a temporary folder. */
export class TestLake {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(name = "lake"): Promise<TestLake> {
    return new TestLake(join(await mkdtemp(join(tmpdir(), "clustertrail-test-")), name));
  }

  /** Stores the events as one object; returns its key. */
  async put(...events: Json[]): Promise<string> {
    const { key, body } = objectOf(events);
    await this.putRaw(key, body);
    return key;
  }

  async putRaw(key: string, body: Uint8Array): Promise<void> {
    const path = join(this.directory, key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, body);
  }

  async remove(): Promise<void> {
    await rm(dirname(this.directory), { recursive: true, force: true });
  }
}

/** A remote lake in memory that counts what is asked of it. */
export class FakeRemoteLake {
  readonly url: string;
  readonly objects = new Map<string, Uint8Array>();
  readonly listed: string[] = [];
  readonly got: string[] = [];
  readonly failing = new Set<string>();

  constructor(url: string) {
    this.url = url;
  }

  put(...events: Json[]): string {
    const { key, body } = objectOf(events);
    this.objects.set(key, body);
    return key;
  }

  async *list(prefix: string): AsyncGenerator<LakeObject> {
    this.listed.push(prefix);
    for (const key of [...this.objects.keys()].sort()) {
      if (key.startsWith(prefix)) yield { key, size: this.objects.get(key)!.length };
    }
  }

  async get(key: string): Promise<Uint8Array> {
    this.got.push(key);
    const body = this.objects.get(key);
    if (body === undefined || this.failing.has(key)) {
      throw new StorageError(`${this.url}: ${key}: 403 AccessDenied`, { key, retryable: false });
    }
    return body;
  }
}

/** What a command wrote. */
export class CapturedIo {
  out = "";
  err = "";
  readonly isTTY = false;
  readonly stdout: { write(text: string): boolean; columns?: number };
  readonly stderr = {
    write: (text: string): boolean => {
      this.err += text;
      return true;
    },
  };

  constructor(columns?: number) {
    const write = (text: string): boolean => {
      this.out += text;
      return true;
    };
    this.stdout = columns === undefined ? { write } : { write, columns };
  }
}
