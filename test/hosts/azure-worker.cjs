/**
 * What the Node worker of Azure Functions does, in small: gives `@azure/functions-core` to the app's `require`, lets it
 * register its functions, and runs invocations through the programming model of @azure/functions that the app brings.
 * Source: github.com/Azure/azure-functions-nodejs-worker, types-core/index.d.ts
 */
const Module = require("node:module");

let model;
const functions = new Map();
const core = {
  version: "3.0.0",
  setProgrammingModel: (given) => (model = given),
  registerFunction: (metadata, callback) => functions.set(metadata.name, { metadata, callback }),
  registerHook: () => ({ dispose() {} }),
  log: () => {},
};
const load = Module._load;
Module._load = (name, ...rest) => (name === "@azure/functions-core" ? core : load.call(Module, name, ...rest));
require(process.argv[2]);

process.on("message", async ({ name, data, triggerMetadata }) => {
  const { metadata, callback } = functions.get(name);
  const logs = [];
  const [binding] = Object.keys(metadata.bindings);
  const invocation = model.getInvocationModel({
    invocationId: "invocation",
    metadata,
    request: { inputData: [{ name: binding, data }], triggerMetadata },
    log: (_level, _category, message) => logs.push(message),
    state: undefined,
  });
  try {
    const { context, inputs } = await invocation.getArguments();
    const result = await invocation.invokeFunction(context, inputs, callback);
    await invocation.getResponse(context, result);
    process.send({ ok: true, logs });
  } catch (error) {
    process.send({ ok: false, logs, error: error.message });
  }
});
process.send({ registered: [...functions.values()].map(({ metadata }) => metadata), model: model?.name });
