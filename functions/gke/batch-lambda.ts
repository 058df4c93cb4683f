import { openLambdaHost } from "../lambda-host.ts";
import { createBatchHandler } from "./batch.ts";

const { run } = await openLambdaHost(process.env);

/** Lambda behind the queue of pushes; needs `ReportBatchItemFailures` on its event source mapping. */
export const handler = createBatchHandler(run);
