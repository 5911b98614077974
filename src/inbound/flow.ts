import type { Clock } from "../core/clock.ts";
import type { Connection, Endpoint } from "../core/connection.ts";
import type { AlertStore, ConnectionStore, DueAlert } from "../core/connection-store.ts";
import type { HarbingerError } from "../core/errors.ts";
import { type AlertContent, writeAlertContent } from "./alert/alert-content.ts";
import type { Announcer } from "./announce/announcer.ts";
import type { AlertRoute, ListenerRules } from "./decide/alert-route.ts";
import { type Handling, isOfProxy, isOfThisMachine } from "./decide/ignore-rules.ts";
import { restoreGates } from "./decide/restore-gates.ts";
import type { Listener } from "./listen/listener.ts";
import { OwnProbes, probeEndpoints } from "./listen/own-probes.ts";
import { type PortHandover, preparePortHandover } from "./listen/port-handover.ts";
import type { RecordQueue } from "./record/record-queue.ts";

/** What a configuration makes of the flow. */
export interface InboundPlan {
  readonly listeners: readonly Listener[];
  /** With gates of listeners that are gone, as long as these have something to tell. */
  readonly routes: readonly AlertRoute[];
  /** By listener. */
  readonly rules: ReadonlyMap<string, ListenerRules>;
  /** The gates that are new and remember nothing yet. */
  readonly newGates: readonly AlertRoute[];
  /** All ports are open; what it throws closes them again. */
  readonly opened?: () => void;
  /** From now on it is in force: gates that stay get its settings. Synchronous, and never fails. */
  readonly commit?: () => void;
}

export interface InboundFlowOptions {
  /** The first one; captured connections name theirs. */
  readonly plan: InboundPlan;
  readonly records: RecordQueue;
  readonly alerts: AlertStore;
  readonly connections: ConnectionStore;
  readonly announcer: Announcer;
  readonly clock: Clock;
  /** Shown or written elsewhere besides; cheap. */
  readonly seen?: (connection: Connection) => void;
  /** What must be at hand before the first connection. */
  readonly prepare?: () => Promise<void>;
  /** Gives back what the stages hold. */
  readonly ended?: () => Promise<void>;
}

/** Over all listeners, since the start. */
export interface InboundCounters {
  readonly accepted: number;
  readonly open: number;
  /** Too many at once: recorded or only counted. */
  readonly overLimit: number;
  readonly aborted: number;
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
  #plan: InboundPlan;
  /** Of plans that were in force: they end when the connections that they accepted have ended. */
  readonly #retiring = new Set<Listener>();
  readonly #stopping = new AbortController();
  readonly #ownProbes = new OwnProbes();
  #ticking: Promise<void> | undefined;
  #opening: Promise<unknown> = Promise.resolve();
  #sequence = 0;

  constructor(options: InboundFlowOptions) {
    this.#options = options;
    this.#plan = options.plan;
  }

  /** What is in force. */
  get plan(): InboundPlan {
    return this.#plan;
  }

  /** What is listened on, while it is. */
  get endpoints(): readonly Endpoint[] {
    return this.#plan.listeners.flatMap((listener) => listener.endpoints);
  }

  get counters(): InboundCounters {
    const { records } = this.#options;
    const { listeners } = this.#plan;
    const sum = { accepted: 0, open: 0, overLimit: 0, aborted: 0, countedOnly: 0, acceptFailures: 0 };
    for (const { counters } of listeners) {
      sum.accepted += counters.accepted;
      sum.open += counters.open;
      sum.overLimit += counters.overLimit;
      sum.aborted += counters.aborted;
      sum.countedOnly += counters.countedOnly;
      sum.acceptFailures += counters.acceptFailures;
    }
    const { stored, waiting, waitingAlerts } = records.counters;
    return { ...sum, stored, waiting, waitingAlerts };
  }

  /** Whether each listener accepts connections, by one that is neither recorded nor alerted on. */
  async examine(timeoutMs: number): Promise<readonly ListenerHealth[]> {
    return await Promise.all(
      this.#plan.listeners.map(async ({ name, endpoints, unopened }) => {
        let accepts = false;
        // One port stands for all: they are opened together, and served by the same loop. IPv4 first, then IPv6.
        for (const endpoint of probeEndpoints(endpoints))
          accepts ||= await this.#ownProbes.accepts(endpoint, timeoutMs);
        return { listener: name, accepts, unopened };
      }),
    );
  }

  /** Opens every port, or none. @throws HarbingerError as `Listener.start` does */
  async start(): Promise<void> {
    const plan = this.#plan;
    await Promise.all([this.#remember(plan), this.#options.prepare?.()]);
    const open: Listener[] = [];
    try {
      for (const listener of plan.listeners) {
        await listener.start();
        open.push(listener);
      }
      plan.opened?.();
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
    const plan = this.#plan;
    await Promise.all([this.#remember(plan), this.#options.prepare?.()]);
    const failures = await this.openMore();
    try {
      plan.opened?.();
    } catch (error) {
      await Promise.all(plan.listeners.map((listener) => listener.stop()));
      throw error;
    }
    this.#startStages();
    return failures;
  }

  /** Opens ports that could not be opened before. @returns why others still cannot be */
  async openMore(): Promise<readonly HarbingerError[]> {
    // Two at a time would be in each other's way.
    const opening = this.#opening.then(async () => {
      const failures: HarbingerError[] = [];
      for (const listener of this.#plan.listeners) failures.push(...(await listener.startWhatOpens()));
      return failures;
    });
    this.#opening = opening.catch(() => undefined);
    return await opening;
  }

  /**
   * Prepares that `next` takes the place of the plan in force, while connections come in: new gates learn what was, and new
   * ports are opened. At its commit open ports change hands. Connections that were accepted before end under the plan before.
   * @throws HarbingerError where a new port cannot be opened, or the database cannot be read; nothing has changed then
   */
  async prepare(next: InboundPlan): Promise<PortHandover> {
    const before = this.#plan;
    if (next.newGates.length > 0) await this.#remember(next);
    const handover = await preparePortHandover(before.listeners, next.listeners);
    try {
      next.opened?.();
    } catch (error) {
      await handover.abandon();
      throw error;
    }
    return {
      commit: () => {
        handover.commit();
        this.#plan = next;
        next.commit?.();
        for (const listener of before.listeners) this.#retire(listener);
      },
      abandon: () => handover.abandon(),
    };
  }

  #retire(listener: Listener): void {
    this.#retiring.add(listener);
    void listener.retire().then(() => this.#retiring.delete(listener));
  }

  async #remember({ newGates, rules }: InboundPlan): Promise<void> {
    const { alerts, connections, clock } = this.#options;
    await restoreGates({ routes: newGates, rules, alerts, connections, now: clock.now() });
  }

  #startStages(): void {
    this.#options.records.start();
    this.#options.announcer.start();
    this.#ticking = this.#tick();
  }

  /** No more accepts; what is in hand is stored, and alerts in hand reach the outbox. */
  async stop(): Promise<void> {
    const { records, announcer } = this.#options;
    await Promise.all([...this.#plan.listeners, ...this.#retiring].map((listener) => listener.stop()));
    this.#stopping.abort();
    await this.#ticking;
    await records.stop();
    await announcer.stop();
    await this.#options.ended?.();
  }

  /**
   * What the capturing stage calls at the end of each connection.
   * @param plan the one under which it was accepted
   */
  readonly captured = (connection: Connection, plan: InboundPlan = this.#plan): void => {
    if (this.#ownProbes.take(connection.via ?? connection.peer)) return;
    const { records, clock, seen } = this.#options;
    const now = clock.now();
    const rules = plan.rules.get(connection.listener);
    const handling = handlingOf(connection, rules);
    let isRecorded = handling !== "drop";
    for (const route of handling === "alert" ? plan.routes : []) {
      const decision = route.gates.get(connection.listener)?.decide(connection, now, rules?.ignore);
      if (decision?.kind === "ignored") isRecorded = decision.record;
      if (decision?.kind !== "alert") continue;
      const { kind: _kind, ...suppressed } = decision;
      const due: AlertContent = { kind: "connection", connection, ...suppressed };
      this.#announce(route, connection.id, connection.listener, now, due);
    }
    if (!isRecorded) return;
    records.add(connection);
    seen?.(connection);
  };

  /** Stored with the connections, so that a crash cannot come between; composed when they are stored. */
  #announce(route: AlertRoute, id: string, label: string, at: number, due: AlertContent): void {
    const data = writeAlertContent(due);
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
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(tickMs, signal);
      const now = clock.now();
      for (const route of this.#plan.routes) {
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

function handlingOf(connection: Connection, rules: ListenerRules | undefined): Handling | undefined {
  if (isOfProxy(connection)) return "record";
  return isOfThisMachine(connection) ? rules?.ignore.ofThisMachine : "alert";
}
