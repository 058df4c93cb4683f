/** Bundles the command line into dist/clustertrail.mjs. Dependencies stay in node_modules; only our code is bundled. */
import { chmod, rm } from "node:fs/promises";
import { build } from "esbuild";

await rm("dist", { recursive: true, force: true });
await build({
  entryPoints: { clustertrail: "cli/bin.ts" },
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node22",
  splitting: true,
  sourcemap: true,
  banner: { js: "#!/usr/bin/env node" },
});
await chmod("dist/clustertrail.mjs", 0o755);
