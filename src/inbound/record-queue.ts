import type { Clock } from "../core/clock.ts";
import type { Connection } from "../core/connection.ts";
import type { ConnectionStore, DueAlert } from "../core/connection-store.ts";
import { messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";

export interface RecordQueueOptions {
  readonly connections: ConnectionStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Alerts were stored: they can be composed. */
  readonly stored: (alerts: number) => void;
}

const batchSize = 2000;
/** What a batch waits for company, so that a lone connection is stored soon and a flood in large batches. */
const gatherMs = 50;
/** Held while the store cannot take them; past it connections are counted only. Alerts are never dropped. */
const mostWaiting = 50_000;
const retryAfterMs = 1000;

/**
 * Takes finished connections with the alerts that are due for them, and stores both together in batches. A store that
 * fails is asked again with the same batch: identifiers make the repetition harmless.
 */
export class RecordQueue {
  readonly #options: RecordQueueOptions;
  #connections: Connection[] = [];
  #alerts: DueAlert[] = [];
  #dropped = 0;
  #stored = 0;
  #isStopping = false;
  #bell = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  readonly #stop = new AbortController();

  constructor(options: RecordQueueOptions) {
    this.#options = options;
  }

  get counters(): { readonly stored: number; readonly waiting: number; readonly dropped: number } {
    return { stored: this.#stored, waiting: this.#connections.length, dropped: this.#dropped };
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Cheap: it stands in the way of the next accept. */
  add(connection: Connection): void {
    if (this.#connections.length >= mostWaiting) {
      this.#dropped += 1;
      return;
    }
    this.#connections.push(connection);
    if (this.#connections.length === 1) this.#bell.resolve();
  }

  addAlert(alert: DueAlert): void {
    this.#alerts.push(alert);
    this.#bell.resolve();
  }

  /** Stores what is left, once, and ends. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#stop.abort();
    this.#bell.resolve();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      await this.#bell.promise;
      if (!this.#isStopping) await clock.sleep(gatherMs, this.#stop.signal);
      this.#bell = Promise.withResolvers();
      while (this.#connections.length > 0 || this.#alerts.length > 0) {
        const connections = this.#connections.splice(0, batchSize);
        const alerts = this.#alerts;
        this.#alerts = [];
        if (!(await this.#store(connections, alerts))) return;
      }
      if (this.#isStopping) return;
    }
  }

  /** @returns false where it was given up, because we stop */
  async #store(connections: readonly Connection[], alerts: readonly DueAlert[]): Promise<boolean> {
    const { clock, log, stored } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#options.connections.record(connections, alerts);
        this.#stored += connections.length;
        if (alerts.length > 0) stored(alerts.length);
        if (this.#dropped > 0) {
          log.error("connections were counted only, because the database did not take them", { count: this.#dropped });
          this.#dropped = 0;
        }
        return true;
      } catch (error) {
        log.error("connections cannot be stored; trying again", {
          error: messageOf(error),
          connections: connections.length,
          alerts: alerts.length,
          attempt,
        });
        if (this.#isStopping && attempt > 1) return false;
        await clock.sleep(retryAfterMs, this.#stop.signal);
      }
    }
  }
}
