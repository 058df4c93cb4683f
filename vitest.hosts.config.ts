import { defineConfig } from "vitest/config";

/** Built functions under the runtimes that run them: child processes, so one file at a time. */
export default defineConfig({
  test: {
    include: ["test/hosts/**/*.hosts.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
