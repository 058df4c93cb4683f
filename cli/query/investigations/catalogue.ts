import { CHANGES } from "./changes.ts";
import type { Investigation } from "./investigation.ts";
import { PEOPLE } from "./people.ts";
import { TRAFFIC } from "./traffic.ts";

/** All investigations, by name. Their names are contracts: scripts rely on them. */
export const INVESTIGATIONS: readonly Investigation[] = [...PEOPLE, ...CHANGES, ...TRAFFIC].sort((a, b) =>
  a.name < b.name ? -1 : 1,
);

export function findInvestigation(name: string): Investigation | undefined {
  return INVESTIGATIONS.find((investigation) => investigation.name === name);
}
