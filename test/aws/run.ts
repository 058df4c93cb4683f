/**
 * Starts an emulator of the AWS API on loopback (moto, in a private virtual environment under .cache/), runs
 * test/aws/*.aws.ts against it and stops it again. The only test that needs Python 3, and the network the first time.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const MOTO = "moto[server]==5.2.5";
const VENV = join(ROOT, ".cache", "moto-5.2.5");
const LOG = join(ROOT, ".cache", "moto.log");
const START_TIMEOUT_MS = 60_000;

function installEmulator(): string {
  const server = join(VENV, "bin", "moto_server");
  if (existsSync(server)) return server;
  process.stderr.write(`installing ${MOTO} into ${VENV}\n`);
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  execFileSync("python3", ["-m", "venv", VENV], { stdio: "inherit" });
  execFileSync(join(VENV, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", MOTO], {
    stdio: "inherit",
  });
  return server;
}

function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const probe = createServer().once("error", reject);
  probe.listen(0, "127.0.0.1", () => {
    const address = probe.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    probe.close(() => resolve(port));
  });
  return promise;
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`the emulator ended with ${server.exitCode}: see ${LOG}`);
    const answer = await fetch(`${url}/moto-api/data.json`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the emulator did not start in ${START_TIMEOUT_MS / 1000} seconds: see ${LOG}`);
}

const exitOf = (child: ChildProcess) =>
  new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));

const program = installEmulator();
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const log = openSync(LOG, "w");
const server = spawn(program, ["-H", "127.0.0.1", "-p", String(port)], {
  env: { ...process.env, MOTO_ACCOUNT_ID: "111122223333" },
  stdio: ["ignore", log, log],
});
const stop = () => server.kill();
process.once("exit", stop);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

try {
  await untilReady(url, server);
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const tests = spawn(
    process.execPath,
    [vitest, "run", "--config", "test/aws/vitest.aws.config.ts", ...process.argv.slice(2)],
    {
      cwd: ROOT,
      stdio: "inherit",
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: url,
        AWS_REGION: "eu-west-1",
        AWS_ACCESS_KEY_ID: "testing",
        AWS_SECRET_ACCESS_KEY: "testing",
        // Neither a profile of the user nor the metadata address may come between.
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
        AWS_CONFIG_FILE: "/dev/null",
        AWS_EC2_METADATA_DISABLED: "true",
        CLUSTERTRAIL_S3_PATH_STYLE: "1",
      },
    },
  );
  process.exitCode = await exitOf(tests);
} finally {
  stop();
}
