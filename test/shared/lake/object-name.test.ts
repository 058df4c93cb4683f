import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { eventsDigest, objectName, parseObjectName } from "../../../shared/lake/object-name.ts";

const IDS = ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"];
const DIGEST = createHash("sha256").update(`${IDS[0]}\n${IDS[1]}`).digest("hex").slice(0, 24);

describe("objectName", () => {
  it("is made of the first event's second, the count and the digest", () => {
    expect(objectName("2026-11-22T13:05:01.123456789Z", 482, DIGEST)).toBe(`20261122T130501Z-482-${DIGEST}.ndjson.gz`);
    expect(objectName("2026-11-22T13:05:01Z", 1, DIGEST)).toBe(`20261122T130501Z-1-${DIGEST}.ndjson.gz`);
  });

  it("never takes anything but a time into the name", () => {
    for (const time of ["", "../../x", "2026-11-22T13:05:01+01:00", "2026-11-22 13:05:01Z"]) {
      expect(objectName(time, 3, DIGEST)).toBe(`unknown-3-${DIGEST}.ndjson.gz`);
    }
  });

  it("is read back", () => {
    expect(parseObjectName(objectName("2026-11-22T13:05:01.5Z", 482, DIGEST))).toEqual({
      time: "2026-11-22T13:05:01Z",
      count: 482,
      digest: DIGEST,
    });
    expect(parseObjectName(objectName("", 7, DIGEST))).toEqual({ time: undefined, count: 7, digest: DIGEST });
  });

  it.each([
    "",
    "x",
    `20261122T130501Z-0-${DIGEST}.ndjson.gz`,
    `20261122T130501Z-1-${DIGEST}.ndjson`,
    `20261122T130501Z-1-${DIGEST}0.ndjson.gz`,
    `a/20261122T130501Z-1-${DIGEST}.ndjson.gz`,
    `20261122T130501Z-1-${DIGEST}.ndjson.gz\n`,
  ])("does not take %j for a name", (name) => expect(parseObjectName(name)).toBeUndefined());
});

describe("eventsDigest", () => {
  it("is SHA-256 over the ids with line breaks between", () => expect(eventsDigest(IDS)).toBe(DIGEST));
  it("depends on the order", () => expect(eventsDigest([...IDS].reverse())).not.toBe(DIGEST));
});
