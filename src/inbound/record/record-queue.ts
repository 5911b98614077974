import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { Connection } from "../../core/connection.ts";
import type { ConnectionBatch, ConnectionStore, DueAlert } from "../../core/connection-store.ts";
import { messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { OutageLog } from "../../core/outage-log.ts";

export interface RecordQueueOptions {
  readonly connections: Pick<ConnectionStore, "newBatch" | "record" | "prune">;
  readonly clock: Clock;
  readonly log: Log;
  /** The share of the time since the previous call in which the accepting thread was busy. */
  readonly threadLoad: () => number;
  /** Receives the peer of each connection, and is told to store what is known about them before the connections are stored. */
  readonly origins?: PeerOriginStore | undefined;
  /** Called when alerts were stored: they can be composed now. */
  readonly stored: (alerts: number) => void;
  /**
   * Maximum size of the stored connections; past it the oldest are deleted before more are stored. Default: no limit.
   */
  readonly maxStoredBytes?: number | undefined;
}

/** What is known about peers. `see` must be cheap; `store` rejects as the store does, and can be repeated. */
export interface PeerOriginStore {
  see(address: Address): void;
  store(): Promise<void>;
}

export interface RecordCounters {
  readonly stored: number;
  readonly waiting: number;
  readonly waitingAlerts: number;
  readonly dropped: number;
}

const batchSize = 4000;
/** How long a batch collects connections: a single connection is stored soon, and the disk gets few small writes. */
const gatherMs = 50;
/** At this rate (connections per millisecond) a batch fills quickly, so it waits less. */
const busy = { perMs: 0.5, gatherMs: 20 };
/**
 * When the accepting thread is this busy, processor time counts: a few large batches take half the work of many small
 * ones (9 us per connection in batches of 1,500, 15 us in batches of 300). Below that load, at 5,000 connections a
 * second, half of them are stored within 18 ms; with a threshold of 0.5 it was 78 ms.
 */
const flood = { load: 0.75, gatherMs: 150 };
/** Limits of what waits while the store fails; past them connections are only counted. */
const maxWaiting = 50_000;
const maxWaitingBytes = 48 * 1024 * 1024;
/** Alerts are never dropped: past these limits the gates make digests instead of single alerts. */
const maxWaitingAlerts = 5000;
const maxWaitingAlertBytes = 16 * 1024 * 1024;
const retryAfterMs = 1000;

/** Connections and their alerts, stored in one transaction. */
interface Batch {
  readonly connections: ConnectionBatch;
  readonly alerts: DueAlert[];
}

/**
 * Takes finished connections with their alerts and stores both in batches. When the store fails, the same batch is
 * tried again: the unique identifiers make repetition harmless.
 */
export class RecordQueue {
  readonly #options: RecordQueueOptions;
  #maxStoredBytes: number | undefined;
  readonly #outage: OutageLog;
  readonly #full: Batch[] = [];
  /** An emptied batch, for reuse. */
  #spare: ConnectionBatch | undefined;
  #open: Batch;
  /** In `#full` and in the batch being stored. */
  #waiting = 0;
  #waitingBytes = 0;
  #waitingAlerts = 0;
  #waitingAlertBytes = 0;
  #dropped = 0;
  #stored = 0;
  #gatherMs = gatherMs;
  /** When the previous batch was taken, on the monotonic clock. */
  #takenAt = Number.NEGATIVE_INFINITY;
  #isStopping = false;
  #wakeup = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  readonly #stop = new AbortController();

  constructor(options: RecordQueueOptions) {
    this.#options = options;
    this.#maxStoredBytes = options.maxStoredBytes;
    this.#outage = new OutageLog({
      ...options,
      fails: "cannot store connections: database error; retrying",
      works: "connections are stored again",
    });
    this.#open = this.#newBatch();
  }

  get counters(): RecordCounters {
    return {
      stored: this.#stored,
      waiting: this.#waiting + this.#open.connections.count,
      waitingAlerts: this.#waitingAlerts,
      dropped: this.#dropped,
    };
  }

  /** @param maxStoredBytes as in the options, from now on */
  adjust({ maxStoredBytes }: Pick<RecordQueueOptions, "maxStoredBytes">): void {
    this.#maxStoredBytes = maxStoredBytes;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Cheap: the next accept waits for it. */
  add(connection: Connection): void {
    const { connections } = this.#open;
    if (this.#isFull(connections)) {
      this.#dropped += 1;
      return;
    }
    connections.add(connection);
    this.#options.origins?.see(connection.peer.address);
    if (connections.count === 1) this.#wakeup.resolve();
    else if (connections.count >= batchSize) this.#closeBatch();
  }

  /** Whether there is room for one more alert besides `others` that are about to be added. */
  hasRoomForAlert(others = 0): boolean {
    return this.#waitingAlerts + others < maxWaitingAlerts && this.#waitingAlertBytes < maxWaitingAlertBytes;
  }

  addAlert(alert: DueAlert): void {
    this.#waitingAlerts += 1;
    this.#waitingAlertBytes += alert.data.length;
    this.#open.alerts.push(alert);
    this.#wakeup.resolve();
  }

  /** Stores what is left, with one retry, and ends. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#stop.abort();
    this.#wakeup.resolve();
    await this.#running;
  }

  #newBatch(): Batch {
    const connections = this.#spare ?? this.#options.connections.newBatch();
    this.#spare = undefined;
    return { connections, alerts: [] };
  }

  #isFull({ count, bytes }: ConnectionBatch): boolean {
    return this.#waiting + count >= maxWaiting || this.#waitingBytes + bytes >= maxWaitingBytes;
  }

  #closeBatch(): void {
    const batch = this.#open;
    this.#waiting += batch.connections.count;
    this.#waitingBytes += batch.connections.bytes;
    this.#full.push(batch);
    this.#open = this.#newBatch();
  }

  #nextBatch(): Batch | undefined {
    if (this.#full.length === 0 && (this.#open.connections.count > 0 || this.#open.alerts.length > 0)) {
      this.#closeBatch();
    }
    return this.#full.shift();
  }

  /** The database failed until the end, so what waits in memory is lost: {@link stop} ended the attempts. */
  #reportLost(batch: Batch): void {
    const lost = [batch, ...this.#full, this.#open];
    const connections = lost.reduce((sum, each) => sum + each.connections.count, this.#dropped);
    const alerts = lost.reduce((sum, each) => sum + each.alerts.length, 0);
    this.#options.log.error("connections were lost at the shutdown: the database was not available", {
      connections,
      alerts,
    });
  }

  /** Adapts how long the next batch waits to the current rate. */
  #taken(count: number): void {
    const now = this.#options.clock.monotonic();
    const isBusy = count / (now - this.#takenAt) >= busy.perMs;
    this.#takenAt = now;
    const load = this.#options.threadLoad();
    if (!isBusy) this.#gatherMs = gatherMs;
    else this.#gatherMs = load >= flood.load ? flood.gatherMs : busy.gatherMs;
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      await this.#wakeup.promise;
      if (!this.#isStopping && this.#full.length === 0) await clock.sleep(this.#gatherMs, this.#stop.signal);
      this.#wakeup = Promise.withResolvers();
      // What arrives during the write collects in a new batch, unless we stop.
      const batches = this.#full.length + 1;
      for (let turn = 0; turn < batches || this.#isStopping; turn++) {
        const batch = this.#nextBatch();
        if (batch === undefined) break;
        const { count, bytes } = batch.connections;
        this.#taken(count);
        const isStored = await this.#store(batch);
        this.#waiting -= count;
        this.#waitingBytes -= bytes;
        this.#waitingAlerts -= batch.alerts.length;
        for (const { data } of batch.alerts) this.#waitingAlertBytes -= data.length;
        if (!isStored) {
          this.#reportLost(batch);
          return;
        }
        batch.connections.clear();
        this.#spare = batch.connections;
      }
      if (this.#isStopping) return;
      if (this.#full.length > 0 || this.#open.connections.count > 0 || this.#open.alerts.length > 0) {
        this.#wakeup.resolve();
      }
    }
  }

  /** Keeps attackers from filling the disk. New connections wait meanwhile. */
  async #makeRoom(bytes: number): Promise<void> {
    const { connections, log } = this.#options;
    const maxStoredBytes = this.#maxStoredBytes;
    if (maxStoredBytes === undefined || bytes <= maxStoredBytes) return;
    try {
      const deleted = await connections.prune({ keepBytes: maxStoredBytes });
      log.warn("retention.connections_max_size is reached: deleted the oldest connections", { deleted });
    } catch (error) {
      log.error("cannot delete old connections; trying again with the next batch", { error: messageOf(error) });
    }
  }

  /** @returns false where the batch was given up because the queue stops */
  async #store({ connections, alerts }: Batch): Promise<boolean> {
    const { clock, log, origins, stored } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        // Before: whoever follows the connections as they are stored sees the place at once.
        await origins?.store();
        const bytes = await this.#options.connections.record(connections, alerts);
        this.#outage.worked();
        this.#stored += connections.count;
        if (alerts.length > 0) stored(alerts.length);
        if (this.#dropped > 0) {
          log.error("connections were lost (counted only): the database was not available", { count: this.#dropped });
          this.#dropped = 0;
        }
        await this.#makeRoom(bytes);
        return true;
      } catch (error) {
        this.#outage.failed(error, { connections: connections.count, alerts: alerts.length });
        if (this.#isStopping && attempt > 1) return false;
        await clock.sleep(retryAfterMs, this.#stop.signal);
      }
    }
  }
}
