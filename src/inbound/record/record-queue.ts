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
  /** Which share of the time since it was asked before the thread that accepts has used. */
  readonly threadLoad: () => number;
  /** Alerts were stored: they can be composed. */
  readonly stored: (alerts: number) => void;
  /** What connections may take in the store; past it the oldest go before more are stored. Default: no bound. */
  readonly maxStoredBytes?: number;
}

export interface RecordCounters {
  readonly stored: number;
  readonly waiting: number;
  readonly waitingAlerts: number;
  readonly dropped: number;
}

const batchSize = 4000;
/** What a batch waits for company, so that a lone connection is stored soon, and a few at a time do not wear the disk out. */
const gatherMs = 50;
/** With so many connections a millisecond a batch has company soon: it need not wait for long. */
const busy = { perMs: 0.5, gatherMs: 20 };
/**
 * With so much of its time used by the thread that accepts, processor counts, and a database writes few large batches with half
 * the work of many small ones (9 us a connection in batches of 1,500, 15 us in batches of 300). Below that load, at 5,000 connections a
 * second, half of them are stored within 18 ms, and took 78 with a threshold of 0.5.
 */
const flood = { load: 0.75, gatherMs: 150 };
/** Held while the store cannot take them; past it connections are counted only. */
const maxWaiting = 50_000;
const maxWaitingBytes = 48 * 1024 * 1024;
/** Alerts are never dropped: past this the gates gather digests instead of more of them. */
const maxWaitingAlerts = 5000;
const maxWaitingAlertBytes = 16 * 1024 * 1024;
const retryAfterMs = 1000;

/** Connections, and the alerts that are due for them: stored together. */
interface Batch {
  readonly connections: ConnectionBatch;
  readonly alerts: DueAlert[];
}

/**
 * Takes finished connections with the alerts that are due for them, and stores both together in batches. A store that
 * fails is asked again with the same batch: identifiers make the repetition harmless.
 */
export class RecordQueue {
  readonly #options: RecordQueueOptions;
  #maxStoredBytes: number | undefined;
  readonly #outage: OutageLog;
  readonly #full: Batch[] = [];
  /** Emptied, to be filled again. */
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
  /** When the batch before was taken, on the clock that never runs backwards. */
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
      fails: "connections cannot be stored; trying again",
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

  /** Cheap: it stands in the way of the next accept. */
  add(connection: Connection): void {
    const { connections } = this.#open;
    if (this.#isFull(connections)) {
      this.#dropped += 1;
      return;
    }
    connections.add(connection);
    if (connections.count === 1) this.#wakeup.resolve();
    else if (connections.count >= batchSize) this.#closeBatch();
  }

  /** Whether one more alert can wait besides `others` that are about to come; for those who can hold it back. */
  hasRoomForAlert(others = 0): boolean {
    return this.#waitingAlerts + others < maxWaitingAlerts && this.#waitingAlertBytes < maxWaitingAlertBytes;
  }

  addAlert(alert: DueAlert): void {
    this.#waitingAlerts += 1;
    this.#waitingAlertBytes += alert.data.length;
    this.#open.alerts.push(alert);
    this.#wakeup.resolve();
  }

  /** Stores what is left, once, and ends. */
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

  /** A batch of so many was taken: the next one waits as long as suits this pace. */
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
      // What comes while this is stored gathers anew, unless we stop.
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
        if (!isStored) return;
        batch.connections.clear();
        this.#spare = batch.connections;
      }
      if (this.#isStopping) return;
      if (this.#full.length > 0 || this.#open.connections.count > 0 || this.#open.alerts.length > 0) {
        this.#wakeup.resolve();
      }
    }
  }

  /** Keeps strangers from filling the disk. Connections wait meanwhile, as they do for the store. */
  async #makeRoom(bytes: number): Promise<void> {
    const { connections, log } = this.#options;
    const maxStoredBytes = this.#maxStoredBytes;
    if (maxStoredBytes === undefined || bytes <= maxStoredBytes) return;
    try {
      const forgotten = await connections.prune({ keepBytes: maxStoredBytes });
      log.warn("the oldest connections were forgotten: retention.connections_max_size is reached", { forgotten });
    } catch (error) {
      log.error("old connections cannot be forgotten; trying again with the next ones", { error: messageOf(error) });
    }
  }

  /** @returns false where it was given up, because we stop */
  async #store({ connections, alerts }: Batch): Promise<boolean> {
    const { clock, log, stored } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        const bytes = await this.#options.connections.record(connections, alerts);
        this.#outage.worked();
        this.#stored += connections.count;
        if (alerts.length > 0) stored(alerts.length);
        if (this.#dropped > 0) {
          log.error("connections were counted only, because the database did not take them", { count: this.#dropped });
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
