import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { join } from "node:path";

/** `clustertrail listen` in a process of its own, with all that it says. */
export class Listener {
  #child: ChildProcess | undefined;
  #url = "";
  #stdout = "";
  #stderr = "";

  /** Resolves when it listens. */
  async start(lake: string, ...flags: string[]): Promise<void> {
    const argv = [
      "--import",
      "tsx",
      "cli/bin.ts",
      "listen",
      "--lake",
      lake,
      "--cluster",
      "prod",
      "--port",
      "0",
      ...flags,
    ];
    const child = spawn(process.execPath, argv, {
      cwd: join(import.meta.dirname, "../.."),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    this.#stdout = "";
    this.#stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      this.#stdout += chunk.toString();
    });
    this.#url = await new Promise((resolve, reject) => {
      child.once("exit", () => reject(new Error(`listen ended: ${this.#stderr}`)));
      child.stderr.on("data", (chunk: Buffer) => {
        this.#stderr += chunk.toString();
        const url = /http:\/\/[^, ]+/.exec(this.#stderr)?.[0];
        if (url !== undefined) resolve(url);
      });
    });
  }

  /** Status, headers and body of the answer to a POST. */
  async post(body: string | Uint8Array, headers: Record<string, string> = {}, path = "/"): Promise<string> {
    const response = await fetch(new URL(path, this.#url), { method: "POST", body: Buffer.from(body), headers });
    return `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`;
  }

  /** Ends it as an operator would, and gives all it has said. */
  async stop(): Promise<{ stdout: string; stderr: string }> {
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined) {
      const closed = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGTERM");
      await closed;
    }
    return { stdout: this.#stdout, stderr: this.#stderr };
  }
}
