import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";
import type { PruneResult, Store, StoreLock, TableSize } from "../core/store.ts";
import { SqlConnectionStore } from "./connections/connections.ts";
import type { Database } from "./database.ts";
import { SqlDeviceStore } from "./devices/devices.ts";
import { SqlEventStore } from "./events/events.ts";
import { Wakeup } from "./events/wakeup.ts";
import { withWakeup } from "./events/with-wakeup.ts";
import { SqlExaminationStore } from "./examinations/examinations.ts";
import { SqlImportStore } from "./imports/imports.ts";
import { SqlMuteStore } from "./mutes/mutes.ts";
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
  readonly mutes: SqlMuteStore;
  readonly events: SqlEventStore;
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(options: { readonly database: Database; readonly clock: Clock; readonly log: Log }) {
    const wakeup = new Wakeup();
    const database = withWakeup(options.database, wakeup);
    this.#database = database;
    this.#clock = options.clock;
    this.scans = new SqlScanStore(database, options.log);
    this.services = new SqlServiceStore(database);
    this.discoveries = new SqlDiscoveryStore(database);
    this.examinations = new SqlExaminationStore(database);
    this.devices = new SqlDeviceStore(database);
    this.deliveries = new SqlDeliveryStore(database);
    this.connections = new SqlConnectionStore(database);
    this.alerts = new SqlAlertStore(database);
    this.imports = new SqlImportStore(database, this.connections);
    this.mutes = new SqlMuteStore(database);
    this.events = new SqlEventStore(database, wakeup);
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

  pruneOldest({ kind, ...oldest }: Parameters<Store["pruneOldest"]>[0]): Promise<number> {
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
