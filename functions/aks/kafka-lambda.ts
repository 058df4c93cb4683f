import { openLambdaHost } from "../lambda-host.ts";
import { createKafkaHandler } from "./handler.ts";

const { run } = await openLambdaHost(process.env);

/** Experimental: Lambda on the Kafka endpoint of an Event Hubs namespace. Never seen against a real namespace. */
export const handler = async (payload: unknown, invocation: { awsRequestId: string }): Promise<void> => {
  await run((context) => createKafkaHandler(context)(payload, invocation));
};
