import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { type Database, openContent, openDatabase, versionOf } from "./open-database.ts";
import { isOfOtherKind, type RecordKind } from "./record-kind.ts";

/** How often the file is checked for a newer version while a database is open. */
const checkIntervalMs = 250;
/** How often the file is checked while no database is open. */
const searchIntervalMs = 3000;
/** How long a lookup waits for a newer file before it uses the open database. */
const newerFileWaitMs = 250;
/** The version of a database that is embedded in the program and never changes. */
const embeddedVersion = "embedded";

export interface DatabaseFileSurroundings {
  readonly clock: Clock;
  readonly log: Log;
}

export interface DatabaseFileOptions extends DatabaseFileSurroundings {
  readonly path: string;
  /** The database, if it is embedded in the file at `path`, which is then not read. */
  readonly content?: Buffer;
  /** For the log: `city database`. */
  readonly holds: string;
  /** The kind of records that it must contain. */
  readonly wanted: RecordKind;
}

/**
 * A database file that another program updates while it is in use (geoipupdate renames a new file over it). It is
 * opened at the first lookup, and again when it changed. A problem is logged once: a missing file is checked for
 * again, a broken or incomplete one leaves the earlier database in use.
 */
export class DatabaseFile {
  readonly #options: DatabaseFileOptions;
  readonly #logged = new Set<string>();
  #database: Database | undefined;
  /** It was checked whether the database has the right kind of records. */
  #isKindChecked = false;
  /** The version of the file that was opened, or tried, last. */
  #version: string | undefined;
  #checking: { readonly done: Promise<void>; readonly soon: Promise<void> } | undefined;
  #nextCheckAt = Number.NEGATIVE_INFINITY;

  constructor(options: DatabaseFileOptions) {
    this.#options = options;
  }

  /** Opens the file now, if it exists, so that the first `peek` has an answer. Never rejects. */
  async open(): Promise<void> {
    await this.#refresh();
  }

  /** The record of the network that `address` is in; `undefined` where there is none, or no usable database. */
  async find(address: Address): Promise<unknown> {
    await this.#refresh();
    return this.#lookUp(address);
  }

  /** The same from the open database, without waiting. A newer file is opened in the background. */
  peek(address: Address): unknown {
    if (this.#checking === undefined && this.#options.clock.monotonic() >= this.#nextCheckAt) void this.#refresh();
    return this.#lookUp(address);
  }

  #lookUp(address: Address): unknown {
    try {
      const record = this.#database?.find(address);
      if (!this.#isKindChecked && record !== undefined) this.#checkKind([record]);
      return record;
    } catch (error) {
      this.#logOnce("damaged", "is damaged", messageOf(error));
      return undefined;
    }
  }

  /** Warns where the file has the other kind of records: probably two paths were swapped. */
  #checkKind(records: readonly unknown[]): void {
    if (records.length === 0) return;
    this.#isKindChecked = true;
    const { wanted, holds, path, log } = this.#options;
    if (!records.some((record) => isOfOtherKind(record, wanted))) return;
    const other = wanted === "places" ? "networks (ASN)" : "places";
    log.warn(`the ${holds} file contains ${other}, not ${wanted}; were the two GeoIP files swapped?`, {
      file: path,
      type: this.#database?.type,
    });
  }

  /** Waits until the newest file is open; only briefly while another one is open. */
  async #refresh(): Promise<void> {
    const { clock } = this.#options;
    if (this.#checking === undefined) {
      if (clock.monotonic() < this.#nextCheckAt) return;
      const done = this.#check();
      const over = new AbortController();
      const waited = clock.sleep(newerFileWaitMs, over.signal);
      // One wait for all lookups: once it is over, a check that hangs (a network drive) delays no further lookup.
      this.#checking = { done, soon: Promise.race([done, waited]).finally(() => over.abort()) };
    }
    await (this.#database === undefined ? this.#checking.done : this.#checking.soon);
  }

  async #check(): Promise<void> {
    const { path, content } = this.#options;
    const version = content === undefined ? await versionOf(path) : embeddedVersion;
    if (version === undefined) this.#missing();
    else if (version !== this.#version) await this.#open();
    this.#checking = undefined;
    const interval = this.#database === undefined ? searchIntervalMs : checkIntervalMs;
    this.#nextCheckAt = this.#options.clock.monotonic() + interval;
  }

  async #open(): Promise<void> {
    const { path, content } = this.#options;
    const opening = content === undefined ? await openDatabase(path) : openContent(content, embeddedVersion);
    switch (opening.kind) {
      case "missing":
        return this.#missing();
      case "unstable":
        // Its version is not kept: the next check tries again.
        return;
      case "unreadable":
        this.#version = undefined;
        return this.#logOnce("unreadable", "cannot be read", opening.problem);
      case "broken":
        this.#version = opening.version;
        return this.#logOnce("broken", "cannot be used", opening.problem);
      case "opened": {
        const { database } = opening;
        this.#database = database;
        this.#version = opening.version;
        this.#logged.clear();
        this.#isKindChecked = false;
        this.#options.log.info(`the ${this.#options.holds} is open`, {
          file: this.#options.path,
          type: database.type,
          built: Number.isNaN(database.builtAt.getTime()) ? undefined : database.builtAt.toISOString(),
          bytes: database.bytes,
        });
        this.#checkKind(database.samples);
      }
    }
  }

  #missing(): void {
    // Any file that appears next is new.
    this.#version = undefined;
    this.#logOnce("missing", "is missing");
  }

  #logOnce(kind: string, what: string, problem?: string): void {
    if (this.#logged.has(kind)) return;
    this.#logged.add(kind);
    const meanwhile = this.#database === undefined ? "will retry" : "the loaded one stays in use";
    this.#options.log.warn(`the ${this.#options.holds} ${what}; ${meanwhile}`, { file: this.#options.path, problem });
  }
}
