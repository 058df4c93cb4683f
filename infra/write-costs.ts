/** Writes the tables of docs/costs.md anew, from docs/costs.json: `node --import tsx infra/write-costs.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Costs } from "./costs.ts";
import { renderCosts } from "./costs.ts";

const docs = resolve(import.meta.dirname, "../docs");
const costs = JSON.parse(readFileSync(`${docs}/costs.json`, "utf8")) as Costs;
const page = readFileSync(`${docs}/costs.md`, "utf8");
const tables = /(<!-- tables: begin -->\n)[\s\S]*?(\n<!-- tables: end -->)/;
if (!tables.test(page)) throw new Error("docs/costs.md has lost its marks for the tables");
writeFileSync(
  `${docs}/costs.md`,
  page.replace(tables, (_, begin: string, end: string) => `${begin}${renderCosts(costs)}${end}`),
);
