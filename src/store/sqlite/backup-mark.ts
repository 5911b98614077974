import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

/** Identity of a database, in it and in its backups, wherever the file is. */
const identityKey = "identity";

/** `undefined` where none was given to it. */
export function readIdentity(database: DatabaseSync): string | undefined {
  const value = database.prepare("select value from meta where key = ?").get(identityKey)?.["value"];
  return typeof value === "string" ? value : undefined;
}

export function giveIdentity(database: DatabaseSync): void {
  database
    .prepare("insert into meta (key, value) values (?, ?) on conflict (key) do nothing")
    .run(identityKey, randomUUID());
}

/** The mark of a backup, in its own table `meta`. */
export interface BackupMark {
  /** Everything that was stored by then is in it. Milliseconds since the epoch. */
  readonly at: number;
  /** The database that it is a copy of. */
  readonly source: string;
  /** The version of the program that made it. */
  readonly program: string;
}

const markKey = "backup";
/** In the database itself: the last copy that was made of it. */
const lastKey = "last backup";

export function writeMark(database: DatabaseSync, mark: BackupMark): void {
  put(database, markKey, JSON.stringify(mark));
}

/** A restored database is not a backup. */
export function removeMark(database: DatabaseSync): void {
  database.prepare("delete from meta where key = ?").run(markKey);
}

export interface LastBackup {
  readonly at: number;
  readonly place: string;
}

export function noteBackup(database: DatabaseSync, last: LastBackup): void {
  put(database, lastKey, JSON.stringify(last));
}

export function readLastBackup(database: DatabaseSync): LastBackup | undefined {
  const value = parse(database.prepare("select value from meta where key = ?").get(lastKey)?.["value"]);
  if (value === undefined || !("at" in value) || !("place" in value)) return undefined;
  const { at, place } = value;
  return typeof at === "number" && typeof place === "string" ? { at, place } : undefined;
}

/** Reads what {@link writeMark} wrote; anything else is not a mark. */
export function readMark(text: unknown): BackupMark | undefined {
  const value = parse(text);
  if (value === undefined || !("at" in value) || !("source" in value) || !("program" in value)) return undefined;
  const { at, source, program } = value;
  if (typeof at !== "number" || typeof source !== "string" || typeof program !== "string") return undefined;
  return { at, source, program };
}

function parse(text: unknown): object | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function put(database: DatabaseSync, key: string, value: string): void {
  database
    .prepare("insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value")
    .run(key, value);
}
