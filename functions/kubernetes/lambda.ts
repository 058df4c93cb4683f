import { openLambdaHost } from "../lambda-host.ts";
import { toStdout } from "../measure.ts";
import { readSecret } from "../secret.ts";
import { SecretToken } from "./token-source.ts";
import { createWebhook } from "./webhook.ts";

const { environment, context, run } = await openLambdaHost(process.env, ["tokenSecret"]);
const { account, region, cluster } = environment;
const token = new SecretToken(environment.tokenSecret, readSecret);

/** Only the caller knows where these records are from: no event names its cluster. */
const source = {
  ...context.source,
  ...(account === undefined ? {} : { account }),
  ...(region === undefined ? {} : { region }),
  ...(cluster === undefined ? {} : { cluster }),
};

/** Lambda function URL that audit webhooks and forwarders post to. */
export const handler = createWebhook({
  allows: (authorization) => token.allows(authorization),
  run: (work) => run((measuring) => work({ ...measuring, source })),
  now: Date.now,
  log: toStdout,
});
