import type { FauxqsServer } from "fauxqs";
import { startFauxqs } from "fauxqs";
import { afterAll, beforeAll, describe } from "vitest";
import type { S3LakeOptions } from "../../../shared/lake/s3.ts";
import { S3Lake } from "../../../shared/lake/s3.ts";
import { describeLake } from "./contract.ts";
import { FAKE_BUCKET, FAKE_CREDENTIALS, FakeS3 } from "./fake-s3.ts";

const OPTIONS: S3LakeOptions = { forcePathStyle: true, region: "eu-west-1", credentials: FAKE_CREDENTIALS };

let serial = 0;
/** A new prefix is a new lake. */
function openUnder(endpoint: string): S3Lake {
  const prefix = `trail-${serial++}/x`;
  return new S3Lake({ bucket: FAKE_BUCKET, prefix, url: `s3://${FAKE_BUCKET}/${prefix}` }, { ...OPTIONS, endpoint });
}

describe("S3, own fake with conditional writes and checked signatures", () => {
  // Small pages, so that every list crosses some.
  const server = new FakeS3({ pageSize: 2 });
  beforeAll(async () => void (await server.start()));
  afterAll(() => server.stop());
  describeLake("s3 (fake)", async () => openUnder(server.endpoint), { conditional: true });
});

describe("S3, an independent emulator", () => {
  let server: FauxqsServer;
  beforeAll(async () => {
    server = await startFauxqs({ port: 0, logger: false });
    server.createBucket(FAKE_BUCKET);
  });
  afterAll(() => server.stop());
  // It ignores If-None-Match: the two laws on taken keys are left to the fake.
  describeLake("s3 (fauxqs)", async () => openUnder(`http://127.0.0.1:${server.port}`), { conditional: false });
});
