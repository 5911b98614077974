import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";
import type { PruneResult, Store, StoreLock, TableSize } from "../core/store.ts";
import { SqlConnectionStore } from "./connections/connections.ts";
import type { Database } from "./database.ts";
import { SqlDeviceStore } from "./devices/devices.ts";
import { SqlExaminationStore } from "./examinations/examinations.ts";
import { SqlImportStore } from "./imports/imports.ts";
import { SqlAlertStore } from "./outbox/alerts.ts";
import { SqlDeliveryStore } from "./outbox/deliveries.ts";
import { dropOldestDeliveries } from "./outbox/prune-deliveries.ts";
import { prune, trustedTime } from "./prune.ts";
import type { NamesReadMethods } from "./read-methods.ts";
import { releaseAll } from "./release-all.ts";
import { SqlDiscoveryStore } from "./scans/discoveries.ts";
import { dropOldestScans } from "./scans/prune-scans.ts";
import { SqlScanStore } from "./scans/scans.ts";
import { SqlServiceStore } from "./scans/services.ts";

/** The store over any database that speaks our SQL. */
export class SqlStore implements Store, NamesReadMethods<Store> {
  readonly readMethods = ["usedBytes", "tableSizes"] as const;
  readonly scans: SqlScanStore;
  readonly services: SqlServiceStore;
  readonly discoveries: SqlDiscoveryStore;
  readonly examinations: SqlExaminationStore;
  readonly devices: SqlDeviceStore;
  readonly deliveries: SqlDeliveryStore;
  readonly connections: SqlConnectionStore;
  readonly alerts: SqlAlertStore;
  readonly imports: SqlImportStore;
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(options: { readonly database: Database; readonly clock: Clock; readonly log: Log }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.scans = new SqlScanStore(options.database, options.log);
    this.services = new SqlServiceStore(options.database);
    this.discoveries = new SqlDiscoveryStore(options.database);
    this.examinations = new SqlExaminationStore(options.database);
    this.devices = new SqlDeviceStore(options.database);
    this.deliveries = new SqlDeliveryStore(options.database);
    this.connections = new SqlConnectionStore(options.database);
    this.alerts = new SqlAlertStore(options.database);
    this.imports = new SqlImportStore(options.database, this.connections);
  }

  async lock(holder: string): Promise<StoreLock> {
    const lock = await this.#database.lock(holder);
    if (lock.kind === "held") await this.scans.abandonOrphans(this.#clock.now());
    return lock;
  }

  trustedTime(now: number): Promise<number> {
    return trustedTime(this.#database, now);
  }

  prune(options: Parameters<Store["prune"]>[0]): Promise<PruneResult> {
    return prune(this.#database, options);
  }

  forgetOldest({ kind, ...oldest }: Parameters<Store["forgetOldest"]>[0]): Promise<number> {
    return kind === "scans" ? dropOldestScans(this.#database, oldest) : dropOldestDeliveries(this.#database, oldest);
  }

  usedBytes(limit: number): Promise<number> {
    return this.#database.usedBytes(limit);
  }

  tableSizes(): Promise<readonly TableSize[]> {
    return this.#database.tableSizes();
  }

  /** One step: see `Database.releaseSpace`. */
  releaseSpaceStep(): Promise<number> {
    return this.#database.releaseSpace();
  }

  releaseSpace(): Promise<number> {
    return releaseAll(() => this.releaseSpaceStep());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }
}
