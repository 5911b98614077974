import type { Connection } from "./connection.ts";
import type { ImportedDevice, ImportedService } from "./imported.ts";
import type { Port } from "./ports.ts";

/**
 * Imports data of another program. It is history: none of it is a discovery, and none is announced. Merging is
 * idempotent. Each call is one transaction. Errors as in `Store`.
 */
export interface ImportStore {
  /**
   * Merges services. One that a watch did not know becomes `inherited` there: see `PresenceState`. A watch that has never
   * begun inherits everything on its ports when it begins.
   */
  services(batch: readonly PlacedService[], options: ServiceImport): Promise<ImportTally>;
  /**
   * Merges devices. A new one is `inherited`; a name that the owner gave here is kept. Devices past `maxDevices` are
   * left out.
   */
  devices(batch: readonly ImportedDevice[], options: ImportOptions): Promise<ImportTally>;
  /** Adds connections to decoys whose ids are not there yet. None of them is announced. */
  connections(batch: readonly Connection[], options: ImportOptions): Promise<ImportTally>;
}

export interface ImportOptions {
  /** Dry run: only counts what would happen; nothing is written. */
  readonly isTrial: boolean;
}

export interface ServiceImport extends ImportOptions {
  /** The only watch that gets them, which may not have begun. Others that begin later do not inherit them. */
  readonly only?: { readonly name: string; readonly ports: readonly Port[] } | undefined;
}

export interface PlacedService extends ImportedService {
  /** Watches that cover it, by name; each of them that has begun knows it from now on. */
  readonly watches: readonly string[];
}

export interface ImportTally {
  readonly added: number;
  /** Known before, with something new: an earlier or later time, a name, a watch. */
  readonly merged: number;
  readonly unchanged: number;
  /** Past the limit of the store. */
  readonly leftOut: number;
  readonly conflictCount: number;
  /** The first of them. */
  readonly conflicts: readonly ImportConflict[];
}

/** A value that differs between this store and the import. Text may be from outside. */
export interface ImportConflict {
  /** An endpoint or a MAC address. */
  readonly subject: string;
  readonly field: "product" | "name";
  readonly stored: string;
  readonly imported: string;
  readonly kept: "stored" | "imported";
}

/** Conflicts reported one by one for each batch. */
const conflictsTold = 5;

export const emptyTally: ImportTally = {
  added: 0,
  merged: 0,
  unchanged: 0,
  leftOut: 0,
  conflictCount: 0,
  conflicts: [],
};

export function addTallies(one: ImportTally, other: ImportTally): ImportTally {
  return {
    added: one.added + other.added,
    merged: one.merged + other.merged,
    unchanged: one.unchanged + other.unchanged,
    leftOut: one.leftOut + other.leftOut,
    conflictCount: one.conflictCount + other.conflictCount,
    conflicts: [...one.conflicts, ...other.conflicts].slice(0, conflictsTold),
  };
}

/** The outcome for one record. */
export interface ImportOutcome {
  readonly kind: "added" | "merged" | "unchanged" | "left-out";
  readonly conflict?: ImportConflict | undefined;
}

export function tallyOf(outcomes: readonly ImportOutcome[]): ImportTally {
  const count = (kind: ImportOutcome["kind"]) => outcomes.filter((outcome) => outcome.kind === kind).length;
  const conflicts = outcomes.flatMap(({ conflict }) => conflict ?? []);
  return {
    added: count("added"),
    merged: count("merged"),
    unchanged: count("unchanged"),
    leftOut: count("left-out"),
    conflictCount: conflicts.length,
    conflicts: conflicts.slice(0, conflictsTold),
  };
}
