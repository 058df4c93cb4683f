import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";

/**
 * Settings of every database: UTC, and nothing from the network (json and parquet are built into the package). Access
 * to files stays on, because the lake is files; SQL given with `--sql` can read and write whatever its user can.
 */
const SETTINGS = {
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_community_extensions: "false",
};

/** A folder of this process for what DuckDB spills and for repaired objects; it can hold audit data. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "clustertrail-query-"));
  await chmod(folder, 0o700);
  return folder;
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

export interface Session {
  readonly connection: DuckDBConnection;
  close(): void;
}

/** Opens an empty in-memory database that spills to `folder`. */
export async function openSession(folder: string): Promise<Session> {
  const instance = await DuckDBInstance.create(":memory:", { ...SETTINGS, temp_directory: join(folder, "spill") });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
