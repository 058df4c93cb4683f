import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { gzipObject } from "../../../shared/lake/encode.ts";

it("packs to gzip whose header names no time and no system", () => {
  const text = Buffer.from('{"a":1}\n'.repeat(1000));
  const packed = gzipObject(text);
  expect([...packed.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  expect(gunzipSync(packed).equals(text)).toBe(true);
  expect(packed.length).toBeLessThan(200);
  expect(gzipObject(text).equals(packed)).toBe(true);
});
