import type { DatabaseSync } from "node:sqlite";
import { programKey } from "../migrations/migrations.ts";
import { type BackupMark, readMark } from "./backup-mark.ts";

/** What is in a database of ours, of any schema version. */
export interface DatabaseContents {
  readonly schema: number;
  /** The version of the program that gave it this schema, where that is noted. */
  readonly program?: string | undefined;
  readonly hosts: number;
  readonly services: number;
  readonly devices: number;
  readonly scans: number;
  readonly connections: number;
  /** Messages and alerts that are not delivered yet. */
  readonly waiting: number;
  readonly givenUp: number;
  /** When it was made, where it is a backup. */
  readonly backup?: BackupMark | undefined;
}

/** The schema version; `undefined` where this is not a database of ours. */
export function schemaOf(database: DatabaseSync): number | undefined {
  if (!tablesOf(database).has("meta")) return undefined;
  const version = Number(metaValue(database, "schema") ?? "0");
  return Number.isSafeInteger(version) && version > 0 ? version : undefined;
}

/** The value of a key in the table `meta`. */
export function metaValue(database: DatabaseSync, key: string): string | undefined {
  const value = database.prepare("select value from meta where key = ?").get(key)?.["value"];
  return value === undefined || value === null ? undefined : String(value);
}

/** Counts what is in a database of ours; each count reads an index alone. */
export function readContents(database: DatabaseSync): DatabaseContents {
  const tables = tablesOf(database);
  const count = (table: string, query: string) =>
    tables.has(table) ? Number(database.prepare(query).get()?.["count"] ?? 0) : 0;
  const all = (table: string) => count(table, `select count(*) as count from ${table}`);
  const program = metaValue(database, programKey);
  const backup = readMark(metaValue(database, "backup"));
  return {
    schema: schemaOf(database) ?? 0,
    program,
    hosts: count("services", "select count(distinct endpoint / 65536) as count from services"),
    services: all("services"),
    devices: all("devices"),
    scans: count("scans", "select count(*) as count from scans where status <> 'examined'"),
    connections: all("connections"),
    waiting:
      count("deliveries", "select count(*) as count from deliveries where state in ('open', 'queued', 'sending')") +
      count("alerts", "select count(*) as count from alerts where composed_at is null"),
    givenUp: count("deliveries", "select count(*) as count from deliveries where state = 'dead'"),
    backup,
  };
}

function tablesOf(database: DatabaseSync): ReadonlySet<string> {
  const rows = database.prepare("select name from sqlite_schema where type = 'table'").all();
  return new Set(rows.map(({ name }) => String(name)));
}
