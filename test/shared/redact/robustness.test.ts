import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../shared/event.ts";
import { createRedactor } from "../../../shared/redact/create.ts";
import { MAX_DEPTH, MAX_NODES } from "../../../shared/redact/walk.ts";
import { shows } from "./encodings.ts";
import { auditEvent, redact } from "./redacted.ts";
import { secretFor } from "./secrets.ts";

const redactor = createRedactor();

function deep(levels: number, leaf: unknown): unknown {
  let value = leaf;
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? { a: value } : [value];
  return value;
}

function eventWith(fields: Record<string, unknown>): AuditEvent {
  return Object.assign(auditEvent({ verb: "update", stage: "ResponseComplete" }), fields);
}

describe("fails closed", () => {
  const secret = secretFor("any", 6);

  it("on bodies that are too deep, and keeps the event", () => {
    const event = eventWith({
      requestObject: deep(10_000, { password: secret }),
      responseObject: { kind: "Status", code: 200 },
    });
    expect(redactor.redact(event)).toEqual([{ path: "/requestObject", rule: "fail-closed.depth" }]);
    expect(event["requestObject"]).toBe("[REDACTED:fail-closed.depth]");
    expect(event["responseObject"]).toEqual({ kind: "Status", code: 200 });
    expect(event["verb"]).toBe("update");
  });

  it("on bodies with a secret place that is too deep", () => {
    const event = eventWith({ objectRef: { resource: "secrets" }, requestObject: { data: deep(10_000, secret) } });
    expect(redactor.redact(event)).toEqual([{ path: "/requestObject", rule: "fail-closed.depth" }]);
    expect(JSON.stringify(event)).not.toContain(secret);
  });

  it("not on what people write", () => {
    const event = eventWith({ requestObject: deep(MAX_DEPTH - 5, "x") });
    expect(redactor.redact(event)).toBeUndefined();
  });

  it("on bodies with too many parts", () => {
    const event = eventWith({
      requestObject: { list: Array.from({ length: MAX_NODES + 1 }, () => ({})), password: secret },
    });
    expect(redactor.redact(event)).toEqual([{ path: "/requestObject", rule: "fail-closed.nodes" }]);
    expect(JSON.stringify(event)).not.toContain(secret);
  });

  it("on other fields too, in a form that readers of the field expect", () => {
    const event = eventWith({
      user: { username: "jane", groups: ["g"], extra: deep(10_000, secret) },
      annotations: { a: "x", b: deep(10_000, secret) },
      sourceIPs: [deep(10_000, secret)],
      unknown: { a: deep(10_000, secret) },
    });
    const hits = redactor.redact(event)!;
    expect(hits.map(({ path, rule }) => `${path} ${rule}`)).toEqual([
      "/user fail-closed.depth",
      "/annotations fail-closed.depth",
      "/sourceIPs fail-closed.depth",
      "/unknown fail-closed.depth",
    ]);
    expect(event["user"]).toEqual({ username: "jane" });
    expect(event["unknown"]).toEqual({});
    expect(event["sourceIPs"]).toEqual([]);
    expect(JSON.stringify(event)).not.toContain(secret);
  });

  it("on layers of JSON text", () => {
    let text = JSON.stringify({ password: secret });
    for (let i = 0; i < 9; i++) text = JSON.stringify({ a: text });
    const { text: out, rules } = redact({ requestObject: { kind: "Widget", x: text } });
    expect(rules).toContain("fail-closed.text");
    expect(shows(out.replace(/\\/g, ""), secret)).toBe(false);
  });

  it("on strings with too many secrets", () => {
    const text = Array.from({ length: 300 }, (_, i) => `password=${secretFor("any", i)}`).join(" ");
    expect(
      redact({ userAgent: text.slice(0, 1000), requestObject: { kind: "Widget", text } }).event.requestObject.text,
    ).toBe("[REDACTED:fail-closed.text]");
  });

  it("on gzip that is a bomb, and on broken gzip", () => {
    const bomb = gzipSync(Buffer.alloc(16 << 20)).toString("base64");
    const { text } = redact({ requestObject: { kind: "Widget", blob: `x ${bomb}` } });
    expect(text).toContain("x [REDACTED:encoded-limit]");
    const broken = `${"H4sIAAAAAAAAA"}${"Ab1".repeat(20)}`;
    expect(redact({ userAgent: `x ${broken}` }).event.userAgent).toBe("x [REDACTED:encoded-limit]");
  });

  it("on anything that throws, without saying what it was", () => {
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => ["a"],
        getOwnPropertyDescriptor: () => {
          throw new Error(secret);
        },
        get: () => {
          throw new Error(secret);
        },
      },
    );
    const event = eventWith({ requestObject: hostile });
    const hits = redactor.redact(event)!;
    expect(hits).toEqual([{ path: "/requestObject", rule: "fail-closed.error" }]);
    expect(JSON.stringify([event, hits])).not.toContain(secret);
  });
});

describe("JSON's tricks", () => {
  const secret = secretFor("any", 7);

  it("__proto__ is a key like any other", () => {
    const body = JSON.parse(`{"__proto__":{"password":"${secret}"},"kind":"Secret","data":{"__proto__":"${secret}"}}`);
    const event = eventWith({ requestObject: body });
    redactor.redact(event);
    expect(JSON.stringify(event)).not.toContain(secret);
    expect(JSON.stringify(event["requestObject"])).toBe(
      '{"__proto__":{"password":"[REDACTED:named-field]"},"kind":"Secret","data":{"__proto__":"[REDACTED:secret.data]"}}',
    );
    expect(({} as Record<string, unknown>)["password"]).toBeUndefined();
  });

  it("sensitive keys in any letter case", () => {
    const { text } = redact({
      objectRef: { resource: "secrets" },
      requestObject: { DATA: { k: secret }, StringData: { k: secret } },
    });
    expect(text).not.toContain(secret);
  });

  it("a key that is there twice in nested text", () => {
    const twice = `{"kind":"Secret","data":{"k":"${secret}"},"data":{}}`;
    const { text } = redact({
      requestObject: { kind: "Pod", metadata: { annotations: { "x.example.com/y": twice } } },
    });
    expect(text).not.toContain(secret);
  });

  it("numbers that only text can hold", () => {
    const raw = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON("12345678901234567890");
    const event = eventWith({ requestObject: { spec: { n: raw, password: raw }, kind: "Widget" } });
    redactor.redact(event);
    expect(JSON.stringify(event["requestObject"])).toBe(
      '{"spec":{"n":12345678901234567890,"password":"[REDACTED:named-field]"},"kind":"Widget"}',
    );
    const nested = '{"n":12345678901234567890,"password":"x"}';
    expect(redact({ requestObject: { a: nested } }).event.requestObject.a).toBe(
      '{"n":12345678901234567890,"password":"[REDACTED:named-field]"}',
    );
  });

  it("lone surrogates, NUL and friends", () => {
    const odd = `password=\ud800${secret}\u0000`;
    const { text } = redact({
      userAgent: odd,
      requestURI: `/api/v1/pods?x=${odd}%ff%`,
      requestObject: { kind: "Secret", data: { k: `\udfff${secret}` } },
    });
    expect(text).not.toContain(secret);
  });

  it("a secret in the place of a name", () => {
    const jwt = secretFor("jwt", 8);
    const { event, text, hits } = redact({ requestObject: { a: 1, [jwt]: { password: "x" }, b: 2 } });
    expect(text).not.toContain(jwt);
    expect(Object.keys(event.requestObject)).toEqual(["a", "[REDACTED:jwt]", "b"]);
    expect(hits.map(({ path }) => path)).toEqual(["/requestObject/[REDACTED:jwt]/password"]);
  });

  it("text that looks like a marker is not believed", () => {
    const { event } = redact({ objectRef: { resource: "secrets" }, requestObject: { data: { k: "[REDACTED:jwt]" } } });
    expect(event.requestObject.data.k).toBe("[REDACTED:secret.data]");
  });
});

describe("fuzz", () => {
  const key = fc.oneof(
    fc.constantFrom(
      "kind",
      "data",
      "stringData",
      "env",
      "args",
      "command",
      "items",
      "rows",
      "cells",
      "annotations",
      "value",
      "name",
      "password",
      "headers",
      "__proto__",
      "managedFields",
      "metadata",
      "spec",
      "status",
      "token",
      "helm",
      "auth",
      "caBundle",
      "object",
      "path",
      "op",
    ),
    fc.string({ maxLength: 8 }),
  );
  const leaf = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom(
      "Secret",
      "ConfigMap",
      "SecretList",
      "Table",
      "{}",
      '{"a":',
      "[1]",
      "%zz",
      "eyJ.eyJ.",
      "-----BEGIN",
      "://",
      "password=",
      "Invalid value: ",
      "a=b",
    ),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      leaf,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(key, tie("value"), { maxKeys: 5 }),
    ),
  })).value;
  const field = fc.constantFrom(
    "requestObject",
    "responseObject",
    "annotations",
    "user",
    "objectRef",
    "requestURI",
    "responseStatus",
    "userAgent",
    "sourceIPs",
    "other",
  );

  it("never throws, always leaves valid JSON, and is done after once", () => {
    fc.assert(
      fc.property(
        fc.dictionary(field, json, { maxKeys: 5 }),
        fc.constantFrom("secrets", "configmaps", "pods", "tokenreviews", "routes"),
        (fields, resource) => {
          const event = eventWith({ objectRef: { resource }, ...(JSON.parse(JSON.stringify(fields)) as object) });
          redactor.redact(event);
          const once = JSON.stringify(event);
          const again = JSON.parse(once) as AuditEvent;
          redactor.redact(again);
          const twice = JSON.stringify(again);
          redactor.redact(again);
          expect(JSON.stringify(again)).toBe(twice);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("leaves no state behind", () => {
    const clean = { objectRef: { resource: "pods" }, requestObject: { kind: "Pod", data: { a: "hello" } } };
    const before = redact(clean).text;
    redactor.redact(eventWith({ objectRef: { resource: "secrets" }, requestObject: deep(500, "x") }));
    const event = auditEvent(clean);
    redactor.redact(event);
    expect(JSON.stringify(event)).toBe(before);
  });
});
