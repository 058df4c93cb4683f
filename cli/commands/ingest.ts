import { Recogniser } from "../../functions/recogniser.ts";
import { ingest } from "../../shared/ingest.ts";
import { openLake } from "../../shared/lake/open.ts";
import { StorageError } from "../../shared/lake/sink.ts";
import { isPartial } from "../../shared/report.ts";
import { Tally } from "../../shared/tally.ts";
import { listInputs } from "../ingest/inputs.ts";
import { ProblemLog } from "../ingest/problems.ts";
import type { Io } from "../output/io.ts";
import { Progress } from "../output/progress.ts";
import { printReport } from "../output/report.ts";
import { FINGERPRINT_HELP, REDACTION_FLAG, REDACTION_HELP, redactorFromFlags } from "../redaction.ts";
import { choiceFlag, parseFlags, requiredFlag, stringFlag, UsageError } from "../usage.ts";

const HELP = `clustertrail ingest: read audit records from files or a pipe into a lake

Usage: clustertrail ingest --lake URL [--source S] [--cluster N] [--account A] [--region R] [--format F] FILE... | -

  --lake URL      ./folder, file:///folder or s3://bucket/prefix
  --source S      eks, gke, aks, kubernetes or auto (default auto: every record is recognised by its keys)
  --cluster N     cluster name, for records that do not say it
  --account A     AWS account, Google project or Azure subscription, likewise
  --region R      region, likewise
  --format F      table (default), json, ndjson or csv
${REDACTION_HELP}
  --verbose       name every problem (default: the first 20)

FILE may be gzip, may be a folder (all files below it), and may hold any public envelope: CloudWatch Logs payloads,
export files and query results; Cloud Logging entries and Pub/Sub messages; Event Hubs messages, storage files and Log
Analytics rows; audit.log files and webhook bodies.

The same input may be ingested again: what is stored already is found and not stored twice.

${FINGERPRINT_HELP}
Exit codes: 0 everything is stored, perhaps as a stub, or skipped by name; 3 some records are not stored but in quarantine,
or could not be read; 2 usage.

Examples:
  clustertrail ingest --lake ./lake --source kubernetes --cluster lab /var/log/kubernetes/audit.log
  gcloud logging read 'protoPayload.serviceName="k8s.io"' --format=json | clustertrail ingest --lake ./lake --source gke -
  aws logs filter-log-events --log-group-name /aws/eks/prod/cluster > prod.json
  clustertrail ingest --lake s3://audit-lake/trail --source eks --cluster prod --account 111122223333 --region eu-west-1 prod.json
`;

/** `clustertrail ingest`. @returns 0, or 3 when some input was quarantined or unread. @throws UsageError */
export async function ingestCommand(argv: readonly string[], io: Io): Promise<number> {
  const flags = parseFlags(argv, {
    source: { type: "string" },
    lake: { type: "string" },
    cluster: { type: "string" },
    account: { type: "string" },
    region: { type: "string" },
    format: { type: "string" },
    ...REDACTION_FLAG,
    verbose: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  });
  if (flags.values["help"] === true) {
    io.stdout.write(HELP);
    return 0;
  }
  const source = choiceFlag(flags, "source", ["eks", "gke", "aks", "kubernetes", "auto"], "auto");
  const format = choiceFlag(flags, "format", ["table", "json", "ndjson", "csv"], "table");
  const lakeUrl = requiredFlag(flags, "lake", "where the events go, such as ./lake or s3://bucket/prefix");
  if (flags.positionals.length === 0) throw new UsageError("no input: name files, or - for standard input");

  const { redactor, findLeak } = await redactorFromFlags(flags, io);
  const lake = await openLake(lakeUrl);
  const inputs = await listInputs(flags.positionals, process.stdin);
  if (inputs.length === 0) io.stderr.write("clustertrail ingest: no files there\n");
  const recogniser = new Recogniser(source);
  const problems = new ProblemLog(io, flags.values["verbose"] === true);
  const tally = new Tally();
  const progress = new Progress(
    io,
    "ingest",
    inputs.reduce((sum, { size }) => sum + (size ?? 0), 0),
  );
  const started = performance.now();
  let failed = false;
  for (const input of inputs) {
    const delivery = await input.open();
    try {
      await ingest(
        [progress.watch(delivery)],
        {
          lake,
          adapterFor: recogniser.adapterFor,
          source: knownContext(flags),
          redactor,
          findLeak,
          onProblem: problems.add,
        },
        tally,
      );
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      progress.clear();
      io.stderr.write(`clustertrail ingest: ${input.name}: ${error.message}\n`);
      failed = true;
      // The next file would meet the same lake.
      break;
    }
    progress.clear();
    const recognised = recogniser.takeSummary();
    if (recognised.length > 0) io.stderr.write(`${input.name}: recognised ${recognised.join(", ")}\n`);
  }
  progress.done();
  const report = tally.report((performance.now() - started) / 1000);
  problems.finish(lake.url);
  if (failed) {
    io.stderr.write(
      "Not everything is stored. When the lake can be written again, run the same command: nothing is stored twice.\n",
    );
  }
  printReport(report, lake.url, format, io);
  return failed || isPartial(report) ? 3 : 0;
}

function knownContext(flags: ReturnType<typeof parseFlags>): { cluster?: string; account?: string; region?: string } {
  const context: { cluster?: string; account?: string; region?: string } = {};
  for (const key of ["cluster", "account", "region"] as const) {
    const value = stringFlag(flags, key);
    if (value !== undefined && value !== "") context[key] = value;
  }
  return context;
}
