import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Has a script of its own, test:canary, until redaction passes all of it (docs/redaction.md).
    exclude: ["test/canary/**"],
    testTimeout: 30_000,
    // Two cores: more workers than that only adds start-up time.
    maxWorkers: 2,
  },
});
