import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** The suite that needs the emulator: `npm run test:aws`, never part of `npm test`. */
export default defineConfig({
  root: join(import.meta.dirname, "..", ".."),
  test: {
    include: ["test/aws/**/*.aws.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // One emulator with one state.
    fileParallelism: false,
  },
});
