import { openLambdaHost } from "../lambda-host.ts";
import { toStdout } from "../measure.ts";
import { type Redriven, redrive } from "./redrive.ts";
import { openFailedStore } from "./store.ts";

const { environment, run } = await openLambdaHost(process.env, ["failed"]);
const store = await openFailedStore(environment.failed);

const { account, region, cluster } = environment;

/** As the function had it that failed. */
const eks = {
  ...(account === undefined ? {} : { account }),
  ...(region === undefined ? {} : { region }),
  ...(cluster === undefined ? {} : { cluster }),
};

/** One more record with a slow lake must still fit. */
const RESERVE_MS = 90_000;

interface Invocation {
  getRemainingTimeInMillis(): number;
}

/** Lambda by schedule or by hand: feeds everything that failed in again. What does not fit in one run is for the next. */
export const handler = async (_event: unknown, invocation: Invocation): Promise<Omit<Redriven, "report">> => {
  let outcome: Redriven | undefined;
  await run(async (context) => {
    const mayContinue = (): boolean => invocation.getRemainingTimeInMillis() > RESERVE_MS;
    outcome = await redrive(store, context, { eks, mayContinue });
    return outcome.report;
  });
  const { report: _, ...summary } = outcome!;
  toStdout(
    JSON.stringify({ level: summary.found > summary.redriven ? "WARN" : "INFO", message: "redrive", ...summary }),
  );
  return summary;
};
