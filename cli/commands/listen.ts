import { readFile } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { TokenCheck } from "../../functions/http/token.ts";
import { openLake } from "../../shared/lake/open.ts";
import { sumCounts } from "../../shared/report.ts";
import { createListener } from "../listen/server.ts";
import type { Io } from "../output/io.ts";
import { FINGERPRINT_HELP, REDACTION_FLAG, REDACTION_HELP, redactorFromFlags } from "../redaction.ts";
import { parseFlags, requiredFlag, stringFlag, UsageError } from "../usage.ts";

const HELP = `clustertrail listen: take audit records over HTTP into a lake

Usage: clustertrail listen --lake URL [--port 8080] [--host 127.0.0.1] [--token-file F] [--cluster N] [--account A] [--region R]

  --lake URL       ./folder, file:///folder or s3://bucket/prefix
  --port P         default 8080; 0 takes a free one and says which
  --host H         address to listen on (default 127.0.0.1; 0.0.0.0 for all, then with --token-file)
  --token-file F   senders must present this bearer token
  --cluster N      the cluster the records come from, for records that do not say it
  --account A, --region R   likewise
${REDACTION_HELP}

POST to any path: kube-apiserver audit webhook batches, JSON arrays and NDJSON (Vector's and Fluent Bit's HTTP outputs),
Pub/Sub push messages; gzip or not; 32 MB at the most. GET /healthz answers 200.
200 is answered only after the data is in the lake; 400 for a body without a usable record (kept in quarantine); 503 when
the lake could not be written: send it again, nothing is stored twice. SIGTERM finishes what is in hand and ends.

${FINGERPRINT_HELP}
Example:
  clustertrail listen --lake ./lake --cluster lab --port 8080 --token-file ./token
`;

/** `clustertrail listen`: serves until SIGTERM or SIGINT. @returns 0 after draining. @throws UsageError */
export async function listenCommand(argv: readonly string[], io: Io): Promise<number> {
  const flags = parseFlags(argv, {
    lake: { type: "string" },
    port: { type: "string" },
    host: { type: "string" },
    "token-file": { type: "string" },
    cluster: { type: "string" },
    account: { type: "string" },
    region: { type: "string" },
    ...REDACTION_FLAG,
    help: { type: "boolean", short: "h" },
  });
  if (flags.values["help"] === true) {
    io.stdout.write(HELP);
    return 0;
  }
  const lake = await openLake(requiredFlag(flags, "lake", "where the events go, such as ./lake or s3://bucket/prefix"));
  const port = Number(stringFlag(flags, "port") ?? "8080");
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new UsageError("--port takes a number from 0 to 65535");
  const source: { cluster?: string; account?: string; region?: string } = {};
  for (const key of ["cluster", "account", "region"] as const) {
    const value = stringFlag(flags, key);
    if (value !== undefined) source[key] = value;
  }
  const { redactor, findLeak } = await redactorFromFlags(flags, io);
  const server = createListener({
    lake,
    redactor,
    findLeak,
    source,
    token: await readToken(stringFlag(flags, "token-file")),
    onProblem: ({ input, record, reason }) =>
      io.stderr.write(`${input}: record ${record}: quarantined or cut, ${reason}\n`),
    onReport: (report) => {
      if (sumCounts(report.quarantined) > 0) io.stderr.write(`quarantined ${JSON.stringify(report.quarantined)}\n`);
    },
  });
  const host = stringFlag(flags, "host") ?? "127.0.0.1";
  await started(server, port, host);
  const { port: bound } = server.address() as AddressInfo;
  io.stderr.write(`listening on http://${host.includes(":") ? `[${host}]` : host}:${bound}, lake ${lake.url}\n`);
  await stopped(server, io);
  return 0;
}

async function readToken(path: string | undefined): Promise<TokenCheck | undefined> {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(`--token-file ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  // An empty token would let everyone in.
  if (text.trim() === "") throw new UsageError(`--token-file ${path} is empty`);
  return new TokenCheck(text.trim());
}

function started(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new UsageError(`cannot listen on ${host} port ${port} (${error.code}): choose another with --port or --host`),
      ),
    );
    server.listen(port, host, resolve);
  });
}

/** A body that is not whole by then never was acknowledged. Kubernetes kills after 30 seconds. */
const DRAIN_MS = 20_000;

/** Resolves when a signal came and everything in hand is answered. */
function stopped(server: Server, io: Io): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      io.stderr.write("draining\n");
      server.close(() => resolve());
      server.closeIdleConnections();
      // A sender that keeps its connection and goes on posting is told to leave with its next answer.
      server.prependListener("request", (_, response) => response.setHeader("connection", "close"));
      setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
    };
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
  });
}
