import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../shared/event.ts";
import { createInspector, inspectEvent } from "../../../shared/redact/inspect.ts";
import { auditEvent, redact } from "./redacted.ts";
import { secretFor } from "./secrets.ts";
import { SURFACES } from "./surfaces.ts";

describe("inspection of stored events", () => {
  it.each(SURFACES)(
    "finds surface $surface: $name, by rule and path, and nothing after redaction",
    ({ plant, kind, rules }) => {
      const secret = secretFor(kind, 1);
      const event = auditEvent(plant(secret));
      const before = JSON.stringify(event);
      const findings = inspectEvent(event);
      expect(JSON.stringify(event), "it looks only").toBe(before);
      expect(findings.map(({ rule }) => rule)).toEqual(expect.arrayContaining([...rules]));
      expect(JSON.stringify(findings)).not.toContain(secret);
      expect(inspectEvent(JSON.parse(redact(plant(secret)).text))).toEqual([]);
    },
  );

  it("has nothing to say of a clean event", () => {
    expect(inspectEvent(auditEvent({ verb: "get", requestURI: "/api/v1/pods" }))).toEqual([]);
  });

  it("goes by the policy", () => {
    const inspect = createInspector({ rules: { "secret.data": "keep" } });
    const event = auditEvent({ requestObject: { kind: "Secret", data: { k: "aHVudGVyMg==" } } });
    expect(inspect(event)).toEqual([]);
    expect(inspectEvent(event)).toEqual([{ path: "/requestObject/data/k", rule: "secret.data" }]);
  });

  it("copes with depth and with __proto__", () => {
    let deep: unknown = "x";
    for (let i = 0; i < 10_000; i++) deep = [deep];
    const event = {
      ...auditEvent({}),
      requestObject: deep,
      responseObject: JSON.parse('{"__proto__":{"password":"x"}}'),
    } as AuditEvent;
    expect(inspectEvent(event)).toEqual([
      { path: "/requestObject", rule: "fail-closed.depth" },
      { path: "/responseObject/__proto__/password", rule: "named-field" },
    ]);
    expect(JSON.stringify(event["responseObject"])).toBe('{"__proto__":{"password":"x"}}');
  });
});
