import { type Redriven, redrive } from "../../functions/redrive/redrive.ts";
import { openFailedStore } from "../../functions/redrive/store.ts";
import { openLake } from "../../shared/lake/open.ts";
import { StorageError } from "../../shared/lake/sink.ts";
import { isPartial } from "../../shared/report.ts";
import type { Io } from "../output/io.ts";
import { printReport } from "../output/report.ts";
import { FINGERPRINT_HELP, REDACTION_FLAG, REDACTION_HELP, redactorFromFlags } from "../redaction.ts";
import { choiceFlag, parseFlags, requiredFlag, stringFlag } from "../usage.ts";

const HELP = `clustertrail redrive: feed the payloads of failed function invocations in again

Usage: clustertrail redrive --lake URL [--failed URL] [--dry-run] [--keep] [--account A] [--region R] [--cluster N] [--format table|json]

  --lake URL       where the events go: ./folder, file:///folder or s3://bucket/prefix
  --failed URL     where Lambda's on-failure destination puts its records: s3://BUCKET/aws/lambda (Lambda chooses the
                   prefix). Default: failed/ in the lake
  --dry-run        say what there is; write and remove nothing
  --keep           leave the records where they are
  --account A, --region R, --cluster N   what EKS payloads do not say; the Region is the failed function's by default
  --format F       table (default) or json
${REDACTION_HELP}

A record is removed only after its payload is stored. Objects are named by what is in them, so doing this twice, or while
the function does it, stores nothing twice. Exit code 3 when records were left behind or something was quarantined.

${FINGERPRINT_HELP}
Example:
  clustertrail redrive --lake s3://audit-lake --failed s3://audit-failed/aws/lambda --dry-run
`;

/** `clustertrail redrive`. @returns 0, or 3 when something was left. @throws UsageError, LakeUrlError */
export async function redriveCommand(argv: readonly string[], io: Io): Promise<number> {
  const flags = parseFlags(argv, {
    lake: { type: "string" },
    failed: { type: "string" },
    "dry-run": { type: "boolean" },
    keep: { type: "boolean" },
    account: { type: "string" },
    region: { type: "string" },
    cluster: { type: "string" },
    format: { type: "string" },
    ...REDACTION_FLAG,
    help: { type: "boolean", short: "h" },
  });
  if (flags.values["help"] === true) {
    io.stdout.write(HELP);
    return 0;
  }
  const format = choiceFlag(flags, "format", ["table", "json"], "table");
  const lakeUrl = requiredFlag(flags, "lake", "where the events go, such as ./lake or s3://bucket/prefix");
  const lake = await openLake(lakeUrl);
  const store = await openFailedStore(stringFlag(flags, "failed") ?? `${lakeUrl.replace(/\/$/, "")}/failed`);
  const dryRun = flags.values["dry-run"] === true;
  const eks: { account?: string; region?: string; cluster?: string } = {};
  for (const key of ["account", "region", "cluster"] as const) {
    const value = stringFlag(flags, key);
    if (value !== undefined && value !== "") eks[key] = value;
  }
  const { redactor } = await redactorFromFlags(flags, io);
  let outcome: Redriven;
  try {
    const context = { lake, redactor, source: {} };
    outcome = await redrive(store, context, { eks, dryRun, keep: flags.values["keep"] === true });
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    io.stderr.write(
      `clustertrail redrive: ${error.message}\nWhat is not stored is still there: run the same command again.\n`,
    );
    return 3;
  }
  const { found, redriven, left, report } = outcome;
  if (format === "json") io.stdout.write(`${JSON.stringify({ found, redriven, left, report })}\n`);
  else {
    io.stdout.write(
      `${found} failed invocations in ${store.url}, ${redriven} ${dryRun ? "can be fed in" : "fed in"}\n`,
    );
    for (const [reason, count] of Object.entries(left))
      io.stdout.write(`left: ${count} ${MEANING[reason] ?? reason}\n`);
    if (!dryRun && redriven > 0) printReport(report, lake.url, "table", io);
  }
  return Object.keys(left).length > 0 || isPartial(report) ? 3 : 0;
}

const MEANING: Readonly<Record<string, string>> = {
  "no-payload": "without a payload (Lambda gives it to S3 destinations only)",
  unrecognised: "with a payload of no known kind",
  "internal-error": "that could not be worked on; please report it",
};
