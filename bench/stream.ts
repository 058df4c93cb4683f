/** Writes simulated audit.log lines to stdout until `bytes` are written, without holding them. */
import { once } from "node:events";
import { simulate } from "../test/simulator/traffic.ts";
import { wireText } from "../test/simulator/wire.ts";

const wanted = Number(process.argv[2]);
let written = 0;
let block = "";
for (const event of simulate({ seed: 20261122, provider: "eks", count: 100_000_000 })) {
  block += `${wireText(event)}\n`;
  if (block.length < 1 << 20) continue;
  written += block.length;
  if (!process.stdout.write(block)) await once(process.stdout, "drain");
  block = "";
  if (written >= wanted) break;
}
process.stdout.end(block);
