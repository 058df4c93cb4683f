import { eks } from "../../../functions/eks/decode.ts";
import { describeAdapter } from "../adapter-contract.ts";
import { CORE_EVENT, event, id, KLOG, packed, text } from "../sample-events.ts";
import { AT, context, document, ids, logEvent, pageEvent, payload, row, STREAM, three } from "./envelopes.ts";

describeAdapter(eks, [
  {
    name: "subscription payload",
    value: payload(document(three)),
    context,
    recognised: "CloudWatch Logs subscription payload",
    expected: { text: 3 },
    order: ids,
  },
  {
    name: "decoded document",
    value: document(three),
    context,
    recognised: "CloudWatch Logs subscription document",
    expected: { text: 3 },
    order: ids,
    records: ["logEvents"],
  },
  { name: "no log events", value: document([]), expected: { skip: { empty: 1 } } },
  {
    name: "control message",
    value: payload({ ...document([logEvent(1, "CWL CONTROL MESSAGE")]), messageType: "CONTROL_MESSAGE", logGroup: "" }),
    recognised: "CloudWatch Logs subscription payload",
    expected: { skip: { "control-message": 1 } },
  },
  {
    name: "control message without events",
    value: { messageType: "CONTROL_MESSAGE", logGroup: "", logStream: "" },
    expected: { skip: { "control-message": 1 } },
  },
  {
    name: "another log stream, even with a brace in it",
    value: document([logEvent(1, KLOG), logEvent(2, '{"level":"info"}')], {
      logStream: "kube-apiserver-0123456789abcdef",
    }),
    expected: { skip: { "other-log-stream": 2 } },
  },
  {
    name: "klog, logfmt, white space and nothing between events of an audit stream",
    value: document([
      logEvent(1),
      logEvent(2, KLOG),
      logEvent(3, `\n  ${text(3)}`),
      logEvent(4, ""),
      logEvent(5, 'time="2026-11-22T01:02:03Z" level=info msg="access granted"'),
      logEvent(6, `\uFEFF${text(6)}`),
    ]),
    expected: { text: 3, skip: { klog: 2, empty: 1 } },
    order: [id(1), id(3), id(6)],
    records: ["logEvents"],
  },
  {
    name: "a cut message and the rest of another one",
    value: document([
      logEvent(1, `${text(1).slice(0, 200)}[Truncated...]`),
      logEvent(2, 'cted"}},"stageTimestamp":"2026-11-22T01:02:03.457000Z"}'),
    ]),
    expected: { text: 1, reject: { "not-json": 1 } },
  },
  {
    name: "filter-log-events page",
    value: { events: [pageEvent(1), pageEvent(2), pageEvent(3)], searchedLogStreams: [], nextToken: "t" },
    context,
    recognised: "CloudWatch Logs filter-log-events page",
    expected: { text: 3 },
    order: ids,
    records: ["events"],
  },
  {
    name: "filter-log-events page over all streams",
    value: { events: [pageEvent(1), pageEvent(2, { logStreamName: "authenticator-0123456789abcdef" })] },
    expected: { text: 1, skip: { "other-log-stream": 1 } },
  },
  {
    name: "empty page with a token, as the API gives between two full ones",
    value: { events: [], searchedLogStreams: [], nextToken: "t" },
    recognised: "CloudWatch Logs filter-log-events page",
    expected: { skip: { empty: 1 } },
  },
  {
    name: "get-log-events page: no ids, no stream names",
    value: { events: [{ timestamp: AT, message: text(1), ingestionTime: AT }], nextForwardToken: "f/1" },
    recognised: "CloudWatch Logs filter-log-events page",
    expected: { text: 1 },
  },
  {
    name: "list of log events, the output of a --query",
    value: [pageEvent(1), pageEvent(2)],
    recognised: "array, CloudWatch Logs event",
    expected: { text: 2 },
    order: [id(1), id(2)],
    records: [],
  },
  {
    name: "Logs Insights result",
    value: {
      results: [
        row({ "@message": text(1), "@timestamp": "2026-11-22 01:02:04.001", "@logStream": STREAM, "@ptr": "p1" }),
        row({ "@message": text(2), "@log": "111122223333:/aws/eks/prod/cluster" }),
        row({ "@message": KLOG, "@logStream": "kube-scheduler-0123456789abcdef" }),
        row({ verb: "get", "count(*)": "17" }),
      ],
      status: "Complete",
    },
    context,
    recognised: "Logs Insights result",
    expected: { text: 2, skip: { "other-log-stream": 1, "not-audit": 1 } },
    records: ["results"],
  },
  {
    name: "export-task line",
    value: `2026-11-22T01:02:03.456Z ${text(1)}`,
    context,
    recognised: "CloudWatch Logs export line",
    expected: { text: 1 },
    order: [id(1)],
  },
  {
    name: "export-task line of klog",
    value: `2026-11-22T01:02:03.456Z ${KLOG}`,
    recognised: "CloudWatch Logs export line",
    expected: { skip: { klog: 1 } },
  },
  {
    name: "aws logs tail line",
    value: `2026-11-22T01:02:03.456000+00:00 ${STREAM} ${text(1)}`,
    recognised: "CloudWatch Logs export line",
    expected: { text: 1 },
    order: [id(1)],
  },
  {
    name: "aws logs tail line of another stream",
    value: "2026-11-22T01:02:03.456000+00:00 kube-scheduler-0123456789abcdef whatever it says",
    expected: { skip: { "other-log-stream": 1 } },
  },
  { name: "bare event", value: event(1), recognised: null, expected: { event: 1 }, order: [id(1)] },
  { name: "list of bare events", value: [event(1), event(2)], expected: { event: 2 }, records: [] },
  {
    name: "bare cut message",
    value: `${text(1).slice(0, 99)}[Truncated...]`,
    recognised: "cut EKS audit event",
    expected: { text: 1 },
  },
  {
    name: "Kinesis batch",
    value: {
      Records: [
        { kinesis: { sequenceNumber: "1", data: packed(document([logEvent(1)])) }, eventSource: "aws:kinesis" },
        { kinesis: { sequenceNumber: "2", data: packed(document([logEvent(2)])) }, eventSource: "aws:kinesis" },
      ],
    },
    recognised: "Kinesis batch of CloudWatch Logs",
    expected: { text: 2 },
    order: [id(1), id(2)],
    records: ["Records"],
  },
  {
    name: "Firehose batch",
    value: {
      invocationId: "i",
      deliveryStreamArn: "arn:aws:firehose:eu-west-1:111122223333:deliverystream/audit",
      records: [{ recordId: "1", data: packed(document([logEvent(1)])) }],
    },
    recognised: "Firehose batch of CloudWatch Logs",
    expected: { text: 1 },
    records: ["records"],
  },
  { name: "empty list", value: [], expected: { skip: { empty: 1 } } },
  { name: "core/v1 Event", value: CORE_EVENT, recognised: null, expected: { skip: { "not-audit": 1 } } },
  { name: "null", value: null, recognised: null, expected: { reject: { "not-an-object": 1 } } },
  { name: "an object of nobody", value: { a: 1 }, recognised: null, expected: { reject: { "not-an-event": 1 } } },
  {
    name: "a GKE entry",
    value: { protoPayload: { serviceName: "k8s.io" }, insertId: "i" },
    recognised: null,
    expected: { reject: { "wrong-source": 1 } },
  },
  {
    name: "an Azure batch",
    value: { records: [{ category: "kube-audit", properties: {} }] },
    expected: { reject: { "wrong-source": 1 } },
  },
]);
