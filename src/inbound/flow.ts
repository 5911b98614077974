import type { Clock } from "../core/clock.ts";
import type { Connection, Endpoint } from "../core/connection.ts";
import type { AlertStore, ConnectionStore, DueAlert } from "../core/connection-store.ts";
import type { HarbingerError } from "../core/errors.ts";
import type { Announcer } from "./alert/announcer.ts";
import { type Due, writeDue } from "./alert/due-data.ts";
import { type Attention, isOfProxy, isOfThisMachine } from "./alert/ignore-rules.ts";
import type { AlertRoute, ListenerRules } from "./alert-route.ts";
import type { Listener } from "./listen/listener.ts";
import { OwnProbes, reachableBy } from "./listen/own-probes.ts";
import type { RecordQueue } from "./record-queue.ts";
import { remember } from "./remember.ts";

export interface InboundFlowOptions {
  readonly listeners: readonly Listener[];
  readonly routes: readonly AlertRoute[];
  /** By listener. */
  readonly rules: ReadonlyMap<string, ListenerRules>;
  readonly records: RecordQueue;
  readonly alerts: AlertStore;
  readonly connections: ConnectionStore;
  readonly announcer: Announcer;
  readonly clock: Clock;
  /** Shown or written elsewhere besides; cheap. */
  readonly seen?: (connection: Connection) => void;
  /** What must be at hand before the first connection. */
  readonly prepare?: () => Promise<void>;
  /** All ports are open; what it throws closes them again. */
  readonly opened?: () => void;
  /** Gives back what the stages hold. */
  readonly ended?: () => Promise<void>;
}

/** Over all listeners, since the start. */
export interface InboundCounters {
  readonly accepted: number;
  readonly open: number;
  /** Too many at once: recorded or only counted. */
  readonly overLimit: number;
  readonly vanished: number;
  /** Told in sums instead of recorded one by one. */
  readonly countedOnly: number;
  readonly acceptFailures: number;
  readonly stored: number;
  /** Recorded and not yet stored. */
  readonly waiting: number;
  readonly waitingAlerts: number;
}

/** What {@link InboundFlow.examine} finds. */
export interface ListenerHealth {
  readonly listener: string;
  readonly accepts: boolean;
  /** Ports that could not be opened until now. */
  readonly unopened: number;
}

/** How often summaries and digests are looked for. */
const tickMs = 1000;

/**
 * The inbound flow. Connections come in; alerts in the outbox go out:
 * listen -> capture -> identify -> (record) -> enrich -> alert -> (outbox) deliver.
 */
export class InboundFlow {
  readonly #options: InboundFlowOptions;
  readonly #stopping = new AbortController();
  readonly #ownProbes = new OwnProbes();
  #ticking: Promise<void> | undefined;
  #sequence = 0;

  constructor(options: InboundFlowOptions) {
    this.#options = options;
  }

  /** What is listened on, while it is. */
  get endpoints(): readonly Endpoint[] {
    return this.#options.listeners.flatMap((listener) => listener.endpoints);
  }

  get counters(): InboundCounters {
    const { listeners, records } = this.#options;
    const sum = { accepted: 0, open: 0, overLimit: 0, vanished: 0, countedOnly: 0, acceptFailures: 0 };
    for (const { counters } of listeners) {
      sum.accepted += counters.accepted;
      sum.open += counters.open;
      sum.overLimit += counters.overLimit;
      sum.vanished += counters.vanished;
      sum.countedOnly += counters.countedOnly;
      sum.acceptFailures += counters.acceptFailures;
    }
    const { stored, waiting, waitingAlerts } = records.counters;
    return { ...sum, stored, waiting, waitingAlerts };
  }

  /** Whether each listener accepts connections, by one that is neither recorded nor alerted on. */
  async examine(timeoutMs: number): Promise<readonly ListenerHealth[]> {
    return await Promise.all(
      this.#options.listeners.map(async ({ name, endpoints, unopened }) => {
        let accepts = false;
        // One port stands for all: they are opened together, and served by the same loop. IPv4 first, then IPv6.
        for (const endpoint of reachableBy(endpoints)) accepts ||= await this.#ownProbes.accepts(endpoint, timeoutMs);
        return { listener: name, accepts, unopened };
      }),
    );
  }

  /** Opens every port, or none. @throws HarbingerError as `Listener.start` does */
  async start(): Promise<void> {
    const { listeners, clock } = this.#options;
    await Promise.all([remember({ ...this.#options, now: clock.now() }), this.#options.prepare?.()]);
    const open: Listener[] = [];
    try {
      for (const listener of listeners) {
        await listener.start();
        open.push(listener);
      }
      this.#options.opened?.();
    } catch (error) {
      await Promise.all(open.map((listener) => listener.stop()));
      throw error;
    }
    this.#startStages();
  }

  /**
   * Opens the ports that can be opened.
   * @returns why others cannot be, once for each cause; `openMore` tries them again
   * @throws HarbingerError where the system has no room for any connection
   */
  async startWhatOpens(): Promise<readonly HarbingerError[]> {
    const { clock, prepare } = this.#options;
    await Promise.all([remember({ ...this.#options, now: clock.now() }), prepare?.()]);
    const failures = await this.openMore();
    try {
      this.#options.opened?.();
    } catch (error) {
      await Promise.all(this.#options.listeners.map((listener) => listener.stop()));
      throw error;
    }
    this.#startStages();
    return failures;
  }

  /** Opens ports that could not be opened before. @returns why others still cannot be */
  async openMore(): Promise<readonly HarbingerError[]> {
    const failures: HarbingerError[] = [];
    for (const listener of this.#options.listeners) failures.push(...(await listener.startWhatOpens()));
    return failures;
  }

  #startStages(): void {
    this.#options.records.start();
    this.#options.announcer.start();
    this.#ticking = this.#tick();
  }

  /** No more accepts; what is in hand is stored, and alerts in hand reach the outbox. */
  async stop(): Promise<void> {
    const { listeners, records, announcer } = this.#options;
    await Promise.all(listeners.map((listener) => listener.stop()));
    this.#stopping.abort();
    await this.#ticking;
    await records.stop();
    await announcer.stop();
    await this.#options.ended?.();
  }

  /** What the capturing stage calls at the end of each connection. */
  readonly captured = (connection: Connection): void => {
    if (this.#ownProbes.take(connection.via ?? connection.peer)) return;
    const { routes, records, clock, seen } = this.#options;
    const now = clock.now();
    const attention = this.#attention(connection);
    let isRecorded = attention !== "drop";
    for (const route of attention === "tell" ? routes : []) {
      const decision = route.gates.get(connection.listener)?.decide(connection, now);
      if (decision?.kind === "ignored") isRecorded = decision.record;
      if (decision?.kind !== "alert") continue;
      const { kind: _kind, ...suppressed } = decision;
      const due: Due = { kind: "connection", connection, ...suppressed };
      this.#announce(route, connection.id, connection.listener, now, due);
    }
    if (!isRecorded) return;
    records.add(connection);
    seen?.(connection);
  };

  #attention(connection: Connection): Attention | undefined {
    if (isOfProxy(connection)) return "record";
    return isOfThisMachine(connection) ? this.#options.rules.get(connection.listener)?.ignore.ofThisMachine : "tell";
  }

  /** Stored with the connections, so that a crash cannot come between; composed when they are stored. */
  #announce(route: AlertRoute, id: string, label: string, at: number, due: Due): void {
    const data = writeDue(due);
    for (const recipient of route.recipients) {
      const alert: DueAlert = {
        id: `${id}.${route.channel}.${recipient}`,
        at,
        label,
        channel: route.channel,
        recipient,
        data,
      };
      this.#options.records.addAlert(alert);
    }
  }

  async #tick(): Promise<void> {
    const { routes, clock } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(tickMs, signal);
      const now = clock.now();
      for (const route of routes) {
        for (const [listener, gate] of route.gates) {
          for (const due of gate.due(now)) {
            this.#sequence += 1;
            this.#announce(route, `${due.kind}-${now}-${this.#sequence}`, listener, now, due);
          }
        }
      }
    }
  }
}
