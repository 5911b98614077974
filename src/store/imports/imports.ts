import type { Connection } from "../../core/connection.ts";
import {
  type ImportOptions,
  type ImportStore,
  type ImportTally,
  type PlacedService,
  type ServiceImport,
  tallyOf,
} from "../../core/import-store.ts";
import type { ImportedDevice } from "../../core/imported.ts";
import type { SqlConnectionStore } from "../connections/connections.ts";
import type { Database } from "../database.ts";
import { importDevices } from "./import-devices.ts";
import { importServices } from "./import-services.ts";

/** Ids in one statement. */
const idsAtOnce = 500;

export class SqlImportStore implements ImportStore {
  readonly #database: Database;
  readonly #connections: SqlConnectionStore;

  constructor(database: Database, connections: SqlConnectionStore) {
    this.#database = database;
    this.#connections = connections;
  }

  services(batch: readonly PlacedService[], options: ServiceImport): Promise<ImportTally> {
    const { dialect } = this.#database;
    return options.isTrial
      ? this.#database.read((reader) => importServices(reader, dialect, batch, options))
      : this.#database.write((transaction) => importServices(transaction, dialect, batch, options));
  }

  devices(batch: readonly ImportedDevice[], options: ImportOptions): Promise<ImportTally> {
    const { dialect } = this.#database;
    return options.isTrial
      ? this.#database.read((reader) => importDevices(reader, dialect, batch, options))
      : this.#database.write((transaction) => importDevices(transaction, dialect, batch, options));
  }

  async connections(batch: readonly Connection[], { isTrial }: ImportOptions): Promise<ImportTally> {
    const known = await this.#knownIds(batch.map(({ id }) => id));
    const missing = batch.filter(({ id }) => !known.has(id));
    if (!isTrial && missing.length > 0) {
      const packed = this.#connections.newBatch();
      for (const connection of missing) packed.add(connection);
      await this.#connections.record(packed, []);
    }
    return tallyOf(batch.map(({ id }) => ({ kind: known.has(id) ? "unchanged" : "added" })));
  }

  #knownIds(ids: readonly string[]): Promise<ReadonlySet<string>> {
    return this.#database.read(async (reader) => {
      const known = new Set<string>();
      for (let from = 0; from < ids.length; from += idsAtOnce) {
        const rows = await reader
          .selectFrom("connections")
          .select("id")
          .where("id", "in", ids.slice(from, from + idsAtOnce))
          .execute();
        for (const { id } of rows) known.add(id);
      }
      return known;
    });
  }
}
