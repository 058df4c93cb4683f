/**
 * What Lambda's Node runtime does, in small: loads the handler from the deployed folder and speaks the Runtime API.
 * Source: AWS Lambda developer guide, "Using the Lambda runtime API".
 */
import { pathToFileURL } from "node:url";

const started = performance.now();
const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const post = (path, body, headers = {}) =>
  fetch(`${api}/${path}`, { method: "POST", headers, body: JSON.stringify(body) }).then((answer) =>
    answer.arrayBuffer(),
  );
const described = (error) => ({
  errorType: error?.name,
  errorMessage: error?.message,
  stackTrace: error?.stack?.split("\n"),
});

let handler;
try {
  ({ handler } = await import(pathToFileURL(`${process.env.LAMBDA_TASK_ROOT}/index.mjs`).href));
} catch (error) {
  await post("init/error", described(error), { "lambda-runtime-function-error-type": "Runtime.InitError" });
  process.exit(1);
}
for (let first = true; ; first = false) {
  const next = await fetch(`${api}/invocation/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  const deadline = Number(next.headers.get("lambda-runtime-deadline-ms"));
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => deadline - Date.now() };
  const event = await next.json();
  if (first) process.stderr.write(`init ${performance.now() - started}\n`);
  try {
    await post(`invocation/${id}/response`, (await handler(event, context)) ?? null);
  } catch (error) {
    await post(`invocation/${id}/error`, described(error), { "lambda-runtime-function-error-type": "Unhandled" });
  }
}
