import { openLambdaHost } from "../lambda-host.ts";
import { createSubscriptionHandler } from "./handler.ts";

const { environment, run } = await openLambdaHost(process.env);
const { account, cluster } = environment;
/** No CloudWatch document names its Region: it is the function's own. */
const region = environment.region ?? process.env["AWS_REGION"];

const source = {
  ...(account === undefined ? {} : { account }),
  ...(cluster === undefined ? {} : { cluster }),
  ...(region === undefined ? {} : { region }),
};

/** Lambda behind a CloudWatch Logs subscription filter. */
export const handler = async (payload: unknown, invocation: { awsRequestId: string }): Promise<void> => {
  await run((context) => createSubscriptionHandler({ ...context, source })(payload, invocation));
};
