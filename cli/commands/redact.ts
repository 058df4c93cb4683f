import type { Io } from "../output/io.ts";
import { Progress } from "../output/progress.ts";
import { count } from "../output/report.ts";
import { RedactFilter } from "../redact/filter.ts";
import { listSources } from "../redact/inputs.ts";
import { LineWriter } from "../redact/line-writer.ts";
import { Withheld } from "../redact/withheld.ts";
import { FINGERPRINT_HELP, REDACTION_FLAG, REDACTION_HELP, redactorFromFlags } from "../redaction.ts";
import { parseFlags, UsageError } from "../usage.ts";

const HELP = `clustertrail redact: take the secrets out of audit events, for a pipeline of your own

Usage: clustertrail redact [--redaction F] [--verbose] FILE... | -

${REDACTION_HELP}
  --verbose       name everything that is not passed through (default: the first 20)

Reads audit.k8s.io events (NDJSON, arrays, EventLists, what Vector and Fluent Bit wrap) and lines of a ClusterTrail lake,
gzipped or not. Writes one redacted event a line to standard output, in order. Lines of a lake stay lines of a lake, with
what is taken out now added to ingest.redactions.

What cannot be read, is no audit event, or still shows a secret after redaction is not passed through: it is counted and
named on standard error by file, record and reason, and the exit code is 3. Nothing of a record is ever quoted.

${FINGERPRINT_HELP}
Exit codes: 0 everything passed through; 2 usage; 3 something did not.

Examples:
  clustertrail redact /var/log/kubernetes/audit.log > redacted.ndjson
  tail -F /var/log/kubernetes/audit.log | clustertrail redact - | your-shipper
  clustertrail redact --redaction redaction.yaml archive/*.log.gz | gzip > archive-redacted.ndjson.gz
`;

/** `clustertrail redact`. @returns 0, or 3 when something was not passed through. @throws UsageError */
export async function redactCommand(argv: readonly string[], io: Io): Promise<number> {
  const flags = parseFlags(argv, {
    ...REDACTION_FLAG,
    verbose: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  });
  if (flags.values["help"] === true) {
    io.stdout.write(HELP);
    return 0;
  }
  if (flags.positionals.length === 0) throw new UsageError("no input: name files, or - for standard input");
  const redaction = await redactorFromFlags(flags, io);
  const sources = await listSources(flags.positionals, process.stdin);
  const progress = new Progress(
    io,
    "redact",
    sources.reduce((sum, { size }) => sum + size, 0),
  );
  const withheld = new Withheld(io, flags.values["verbose"] === true, () => progress.clear());
  const filter = new RedactFilter(redaction, new LineWriter(io.stdout), withheld);
  for (const source of sources) await filter.run({ ...source, chunks: progress.watchChunks(source.chunks) });
  progress.done();
  if (withheld.total > 0 || filter.failedClosed > 0 || io.isTTY) io.stderr.write(`${summary(filter, withheld)}\n`);
  return withheld.total > 0 ? 3 : 0;
}

function summary({ events, redactions, failedClosed }: RedactFilter, withheld: Withheld): string {
  const parts = [`${count(events)} events, ${count(redactions)} redactions`];
  if (failedClosed > 0) parts.push(`${count(failedClosed)} events without the parts that could not be walked`);
  if (withheld.total > 0) parts.push(withheld.summary());
  return parts.join("; ");
}
