import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isObject, isRawNumber, parseJson } from "../../shared/json.ts";

describe("parseJson", () => {
  it("equals JSON.parse for anything a double can hold", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  for (const number of [
    "12345678901234567890",
    "-9007199254740993",
    "1e400",
    "-1E+999",
    "3.14159265358979323846",
    "0.1234567890123456789",
    "1234567.1234567890123",
    "12345678901234.567890",
    "1e-400",
    "5e-324",
    "1.7976931348623157e309",
  ]) {
    it(`keeps ${number} digit for digit, wherever it stands`, () => {
      for (const text of [`{"a":${number}}`, `[1,${number}]`, `{"a":{"b":[{"c":${number}}]}}`]) {
        expect(JSON.stringify(parseJson(text))).toBe(text);
      }
    });
  }

  it("keeps any integer", () => {
    fc.assert(
      fc.property(fc.bigInt(), (n) => {
        expect(JSON.stringify(parseJson(`{"n":${n}}`))).toBe(`{"n":${n}}`);
      }),
    );
  });

  it("leaves exact numbers numbers", () => {
    const value = parseJson('{"a":9007199254740991,"b":0.5,"uid":"12345678901234567890"}') as Record<string, unknown>;
    expect(value).toEqual({ a: 9007199254740991, b: 0.5, uid: "12345678901234567890" });
  });

  it("keeps a __proto__ key as a key", () => {
    const value = parseJson('{"__proto__":{"polluted":true},"n":12345678901234567890}') as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":true},"n":12345678901234567890}');
  });
});

describe("isObject", () => {
  it("takes objects only, and no number kept as written", () => {
    const [big] = parseJson("[12345678901234567890]") as unknown[];
    expect(isRawNumber(big)).toBe(true);
    expect([{}, [], null, "x", 1, big].map(isObject)).toEqual([true, false, false, false, false, false]);
  });
});
