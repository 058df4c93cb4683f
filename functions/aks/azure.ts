import { app, type InvocationContext } from "@azure/functions";
import { createRedactor } from "../../shared/redact/create.ts";
import { azureIdentityToken } from "../credentials/azure.ts";
import { webIdentityCredentials } from "../credentials/web-identity.ts";
import { readEnvironment } from "../environment.ts";
import type { HostContext } from "../host.ts";
import { measured } from "../measure.ts";
import { structuredLog } from "../metrics.ts";
import { openSink } from "../open-sink.ts";
import { createEventHubHandler } from "./handler.ts";
import { type BatchMetadata, messagesOf } from "./trigger.ts";

const environment = readEnvironment(
  process.env,
  ["lake", "awsRole", "awsAudience", "awsRegion"],
  ["azureClient", "quarantine"],
  "the Terraform module aks-source",
);

const role = { roleArn: environment.awsRole, region: environment.awsRegion, sessionName: "clustertrail-aks" };

/** Not awaited here: the bundle is CommonJS, for the worker gives `@azure/functions-core` only to `require`. */
const opening: Promise<HostContext> = openSink(environment, process.env, {
  region: environment.awsRegion,
  credentials: webIdentityCredentials(role, azureIdentityToken(environment.awsAudience, environment.azureClient)),
}).then((lake) => ({ lake, redactor: createRedactor(), source: {} }));
// A lake URL that cannot be opened fails each invocation, which the retry policy holds; it must not end the worker.
opening.catch(() => undefined);

async function onMessages(messages: unknown, invocation: InvocationContext): Promise<void> {
  const batch = messagesOf(messages, invocation.triggerMetadata as BatchMetadata | undefined);
  await measured(
    await opening,
    structuredLog,
    (line) => invocation.log(line),
    (context) => createEventHubHandler(context)(batch),
  );
}

/**
 * Azure Function on the hub that the cluster's diagnostic setting writes to.
 *
 * Without a retry policy the host moves its checkpoint on after a failed invocation, and the messages are lost. With
 * one it waits until the policy is done, and -1 is never: the partition stands still until the lake takes the batch.
 * Nothing in a message makes the handler throw, so no message can hold a partition up.
 * Source: learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages, "Retry policies"
 */
app.eventHub("clustertrail", {
  connection: "CLUSTERTRAIL_EVENTHUB",
  eventHubName: "%CLUSTERTRAIL_EVENTHUB_NAME%",
  consumerGroup: "%CLUSTERTRAIL_EVENTHUB_CONSUMER_GROUP%",
  cardinality: "many",
  retry: {
    strategy: "exponentialBackoff",
    maxRetryCount: -1,
    minimumInterval: { seconds: 2 },
    maximumInterval: { minutes: 2 },
  },
  handler: onMessages,
});
