import type { Connection } from "./connection.ts";
import type { ImportedDevice, ImportedService } from "./imported.ts";
import type { Port } from "./ports.ts";

/**
 * Takes over what another program knew. It is history: nothing of it is a discovery, and nobody is told of it. What is
 * merged twice is the same as once. Each call is one transaction. Errors as in `Store`.
 */
export interface ImportStore {
  /**
   * Merges services. One that a watch did not know becomes `inherited` there: see `PresenceState`. A watch that has never
   * begun inherits everything on its ports when it begins.
   */
  services(batch: readonly PlacedService[], options: ServiceImport): Promise<ImportTally>;
  /** Merges devices. A new one is `inherited`; a name that its owner gave here stays. Past `maxDevices` they are left out. */
  devices(batch: readonly ImportedDevice[], options: ImportOptions): Promise<ImportTally>;
  /** Adds connections to decoys whose ids are not there yet. Nobody is told of them. */
  connections(batch: readonly Connection[], options: ImportOptions): Promise<ImportTally>;
}

export interface ImportOptions {
  /** Only says what would happen; nothing is written. */
  readonly isTrial: boolean;
}

export interface ServiceImport extends ImportOptions {
  /** The one watch that is to know them, which may not have begun. Others that begin later do not inherit them. */
  readonly only?: { readonly name: string; readonly ports: readonly Port[] };
}

export interface PlacedService extends ImportedService {
  /** Watches that look there, by name; of those that have begun, each knows it from now on. */
  readonly watches: readonly string[];
}

export interface ImportTally {
  readonly added: number;
  /** Known before, with something new: an earlier or later time, a name, a watch. */
  readonly merged: number;
  readonly unchanged: number;
  /** Past the bound of the store. */
  readonly leftOut: number;
  readonly conflictCount: number;
  /** The first of them. */
  readonly conflicts: readonly ImportConflict[];
}

/** Here and there something different is known. Text may be from outside. */
export interface ImportConflict {
  /** An endpoint or a MAC address. */
  readonly subject: string;
  readonly field: "product" | "name";
  readonly stored: string;
  readonly imported: string;
  readonly kept: "stored" | "imported";
}

/** Conflicts told of one batch, one by one. */
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

/** What came of one record. */
export interface ImportOutcome {
  readonly kind: "added" | "merged" | "unchanged" | "left-out";
  readonly conflict?: ImportConflict;
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
