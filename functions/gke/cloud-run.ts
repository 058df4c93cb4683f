import { http } from "@google-cloud/functions-framework";
import { createRedactor } from "../../shared/redact/create.ts";
import { googleIdentityToken } from "../credentials/google.ts";
import { webIdentityCredentials } from "../credentials/web-identity.ts";
import { readEnvironment } from "../environment.ts";
import type { HostContext } from "../host.ts";
import { measured, toStdout } from "../measure.ts";
import { structuredLog } from "../metrics.ts";
import { openSink } from "../open-sink.ts";
import { takeOverSignals } from "./drain.ts";
import { createPushHandler } from "./handler.ts";
import { createCoalescer, createPushServer } from "./push-server.ts";

const environment = readEnvironment(
  process.env,
  ["lake", "awsRole", "awsAudience", "awsRegion"],
  ["quarantine"],
  "the Terraform module gke-source",
);

const role = { roleArn: environment.awsRole, region: environment.awsRegion, sessionName: "clustertrail-gke" };

const context: HostContext = {
  lake: await openSink(environment, process.env, {
    region: environment.awsRegion,
    credentials: webIdentityCredentials(role, googleIdentityToken(environment.awsAudience)),
  }),
  redactor: createRedactor(),
  source: {},
};

const coalescer = createCoalescer((bodies) =>
  measured(context, structuredLog, toStdout, (measuring) => createPushHandler(measuring)(bodies)),
);

/** Cloud Run function behind a Pub/Sub push subscription; the entry point's name is "clustertrail". */
http(
  "clustertrail",
  createPushServer(
    coalescer,
    takeOverSignals(() => coalescer.drain()),
  ),
);
