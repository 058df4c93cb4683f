import type { SourceContext } from "../../../shared/adapter.ts";
import { id, packed, text } from "../sample-events.ts";

/** CloudWatch Logs envelopes around sample events. */

export const AT = Date.parse("2026-11-22T01:02:04.000Z");
export const STREAM = "kube-apiserver-audit-0123456789abcdef0123456789abcdef";

export const logEvent = (n: number, message: unknown = text(n)) => ({
  id: `3195310660${n}`,
  timestamp: AT + n,
  message,
});
export const document = (logEvents: unknown[], more: object = {}) => ({
  messageType: "DATA_MESSAGE",
  owner: "111122223333",
  logGroup: "/aws/eks/prod/cluster",
  logStream: STREAM,
  subscriptionFilters: ["audit"],
  logEvents,
  ...more,
});
export const payload = (value: unknown) => ({ awslogs: { data: packed(value) } });
export const pageEvent = (n: number, more: object = {}) => ({
  logStreamName: STREAM,
  timestamp: AT + n,
  message: text(n),
  ingestionTime: AT + 5000,
  eventId: `e${n}`,
  ...more,
});
export const row = (fields: Record<string, string>) =>
  Object.entries(fields).map(([field, value]) => ({ field, value }));
export const three = [logEvent(1), logEvent(2), logEvent(3)];
export const ids = [id(1), id(2), id(3)];
export const context: SourceContext = { cluster: "asked", account: "444455556666", region: "eu-west-1" };
