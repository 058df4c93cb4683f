import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { LAMBDA_WHERE, readEnvironment } from "../environment.ts";
import { toStdout } from "../measure.ts";
import { createPushEndpoint } from "./endpoint.ts";
import { createOidcCheck } from "./oidc.ts";

const { queueUrl, oidcAudience, oidcEmail } = readEnvironment(
  process.env,
  ["queueUrl", "oidcAudience", "oidcEmail"],
  [],
  LAMBDA_WHERE,
);

/** Pub/Sub waits at least 10 seconds for an answer (ackDeadlineSeconds) and sends again: better to fail within them. */
const client = new SQSClient({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_500, throwOnRequestTimeout: true },
});

/** Lambda function URL for a Pub/Sub push subscription: verified pushes go to the queue. */
export const handler = createPushEndpoint(
  createOidcCheck({ audience: oidcAudience, email: oidcEmail }),
  async (body) => void (await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }))),
  toStdout,
);
