import { parseObjectName } from "../../shared/lake/object-name.ts";
import { escapeValue } from "../../shared/lake/partition.ts";
import type { LakeObject, LakeReader } from "../../shared/lake/sink.ts";
import type { Scope } from "./scope.ts";

/** Folder of the stored events (design section 3). */
const ROOT = "events/v1/";
/** The folders below it, outermost first. */
const LEVELS = ["provider", "account", "region", "cluster_name", "date", "hour"] as const;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Names of the folders directly under `prefix` (which is empty or ends in `/`), in any order; none if it is absent. */
export type ListFolders = (prefix: string) => Promise<readonly string[]>;

export interface Selection {
  readonly objects: readonly LakeObject[];
  /** Partitions (folders of one hour) that hold them. */
  readonly partitions: number;
  /** Files below `events/v1/` that are not of the lake's layout: not read. */
  readonly foreign: number;
}

/**
 * Finds the objects that a scope selects. With `folders`, folders outside the scope are never entered; without it, the
 * keys below the longest prefix that the scope names are listed and those outside it passed over.
 *
 * @throws StorageError when the lake cannot be listed.
 */
export async function selectObjects(
  reader: Pick<LakeReader, "list">,
  scope: Scope,
  folders?: ListFolders,
): Promise<Selection> {
  const prefixes = folders === undefined ? [namedPrefix(scope)] : await openFolders(folders, scope, ROOT, 0);
  const objects: LakeObject[] = [];
  const partitions = new Set<string>();
  let foreign = 0;
  for (const prefix of prefixes) {
    for await (const object of reader.list(prefix)) {
      const values = partitionValues(object.key);
      if (values === undefined) foreign += 1;
      else if (inScope(values, scope)) {
        objects.push(object);
        partitions.add(object.key.slice(0, object.key.lastIndexOf("/")));
      }
    }
  }
  return { objects, partitions: partitions.size, foreign };
}

/** Walks the folders that the scope lets through; returns the prefixes whose every object is wanted. */
async function openFolders(folders: ListFolders, scope: Scope, prefix: string, level: number): Promise<string[]> {
  if (level === LEVELS.length) return [prefix];
  const found: string[] = [];
  const names = (await folders(prefix)).filter((name) => name.startsWith(`${LEVELS[level]}=`)).sort();
  for (const name of names) {
    const value = name.slice(name.indexOf("=") + 1);
    const path = `${prefix}${name}/`;
    if (LEVELS[level] === "date") {
      const share = shareOfDay(value, scope);
      if (share === "all") found.push(path);
      else if (share === "part") found.push(...(await openFolders(folders, scope, path, level + 1)));
    } else if (
      LEVELS[level] === "hour" ? hourInScope(prefix.slice(-11, -1), value, scope) : wanted(level, scope, value)
    ) {
      found.push(...(await openFolders(folders, scope, path, level + 1)));
    }
  }
  return found;
}

/** The longest prefix that the scope names: as many outer folders as it has values for. */
function namedPrefix(scope: Scope): string {
  let prefix = ROOT;
  for (const [name, value] of [
    ["provider", scope.provider],
    ["account", scope.account],
    ["region", scope.region],
    ["cluster_name", scope.cluster],
  ] as const) {
    if (value === undefined) return prefix;
    prefix += `${name}=${escapeValue(value)}/`;
  }
  return `${prefix}date=${commonDate(scope)}`;
}

/** The characters that all days of the window share: `2026-11-` for a window inside November. */
function commonDate({ from, to }: Scope): string {
  if (from === undefined || to === undefined) return "";
  const first = from.utc.slice(0, 10);
  const last = to.utc.slice(0, 10);
  let length = 0;
  while (length < first.length && first[length] === last[length]) length += 1;
  return first.slice(0, length);
}

/** The six partition values of a key, still escaped; undefined when it is no object of the layout. */
function partitionValues(key: string): string[] | undefined {
  if (!key.startsWith(ROOT)) return undefined;
  const parts = key.slice(ROOT.length).split("/");
  const name = parts.pop();
  if (parts.length !== LEVELS.length || name === undefined || parseObjectName(name) === undefined) return undefined;
  const values: string[] = [];
  for (const [index, level] of LEVELS.entries()) {
    if (!parts[index]!.startsWith(`${level}=`)) return undefined;
    values.push(parts[index]!.slice(level.length + 1));
  }
  return values;
}

function inScope(values: readonly string[], scope: Scope): boolean {
  for (let level = 0; level < 4; level++) if (!wanted(level, scope, values[level]!)) return false;
  return hourInScope(values[4]!, values[5]!, scope);
}

function wanted(level: number, scope: Scope, value: string): boolean {
  const asked = [scope.provider, scope.account, scope.region, scope.cluster][level];
  return asked === undefined || escapeValue(asked) === value;
}

/** Folders of an unknown date or hour are always looked into: the events' own times decide. */
function shareOfDay(date: string, scope: Scope): "all" | "part" | "none" {
  const start = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(start) || (scope.from === undefined && scope.to === undefined)) return "all";
  if (!overlaps(start, DAY_MS, scope)) return "none";
  const whole = (scope.from?.ms ?? start) <= start && (scope.to?.ms ?? start + DAY_MS) >= start + DAY_MS;
  return whole ? "all" : "part";
}

function hourInScope(date: string, hour: string, scope: Scope): boolean {
  const start = Date.parse(`${date}T${hour}:00:00Z`);
  return Number.isNaN(start) || overlaps(start, HOUR_MS, scope);
}

function overlaps(start: number, lengthMs: number, { from, to }: Scope): boolean {
  if (from !== undefined && start + lengthMs <= from.ms) return false;
  // `to.ms` is rounded down: a window that ends within the first millisecond of an hour still reaches into it.
  return to === undefined || start < to.ms || (start === to.ms && isAfterMs(to.utc));
}

/** True when the instant has digits below the millisecond that are not zero. */
function isAfterMs(utc: string): boolean {
  return /\.\d{3}0*[1-9]/.test(utc);
}
