// JSON.parse's source text access, which keeps numbers beyond 2^53 exact, came with Node 21; 22 is the oldest kept line.
const OLDEST_NODE = 22;

if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
  process.stderr.write(
    `clustertrail needs Node ${OLDEST_NODE} or newer, this is ${process.versions.node}. ` +
      "Inside a checkout, npx clustertrail and npm scripts use the Node that npm ci installed.\n",
  );
  process.exitCode = 2;
} else {
  const { run } = await import("./main.ts");
  await run();
}
