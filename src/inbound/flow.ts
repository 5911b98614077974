import type { Address } from "../core/address.ts";
import type { Clock } from "../core/clock.ts";
import type { Connection, Endpoint } from "../core/connection.ts";
import type { AlertStore, ConnectionStore } from "../core/connection-store.ts";
import type { HarbingerError } from "../core/errors.ts";
import { dueAlerts } from "./alert/due-alerts.ts";
import type { Announcer } from "./announce/announcer.ts";
import type { AlertRoute } from "./decide/alert-route.ts";
import { type DecisionRules, decideConnection, type RoutedAlert } from "./decide/decide-connection.ts";
import type { MuteView } from "./decide/mute-view.ts";
import { restoreGates } from "./decide/restore-gates.ts";
import { TimedAlerts } from "./decide/timed-alerts.ts";
import type { ListenerCounters } from "./listen/acceptor.ts";
import { ActiveListeners, type ListenerHealth } from "./listen/active-listeners.ts";
import type { Listener } from "./listen/listener.ts";
import type { PortHandover } from "./listen/port-handover.ts";
import type { RecordCounters, RecordQueue } from "./record/record-queue.ts";

/** What the inbound flow needs of a configuration. */
export interface InboundPlan extends DecisionRules {
  readonly listeners: readonly Listener[];
  /** The new gates, whose earlier decisions must be restored. */
  readonly newGates: readonly AlertRoute[];
  /** Called when all ports are open; if it throws, they are closed again. */
  readonly opened?: () => void;
  /** Puts the plan in force: gates that stay get its settings. Synchronous; it never fails. */
  readonly commit?: () => void;
}

export interface InboundFlowOptions {
  /** The first plan; each captured connection names the plan under which it was accepted. */
  readonly plan: InboundPlan;
  readonly records: RecordQueue;
  readonly alerts: AlertStore;
  readonly connections: ConnectionStore;
  readonly announcer: Announcer;
  readonly clock: Clock;
  /** Default: nothing is muted before the store decides. */
  readonly mutes?: MuteView | undefined;
  /** Receives each recorded connection too, for display or a file. Must be cheap. */
  readonly seen?: ((connection: Connection) => void) | undefined;
  /** Runs before the first connection is accepted. */
  readonly prepare?: (() => Promise<void>) | undefined;
  /** Releases what the stages hold. */
  readonly ended?: (() => Promise<void>) | undefined;
}

/** Over all listeners, since the start. */
export type InboundCounters = ListenerCounters &
  Pick<RecordCounters, "stored" | "waiting" | "waitingAlerts" | "dropped">;

/**
 * The inbound flow. Connections come in; alerts in the outbox go out:
 * listen -> capture (identify) -> decide -> record -> announce (enrich) -> outbox.
 */
export class InboundFlow {
  /** Without the first plan: it would stay in memory after it was replaced. */
  readonly #options: Omit<InboundFlowOptions, "plan">;
  readonly #listeners: ActiveListeners;
  readonly #timedAlerts: TimedAlerts;
  #plan: InboundPlan;

  constructor({ plan, ...options }: InboundFlowOptions) {
    const { clock } = options;
    this.#options = options;
    this.#plan = plan;
    this.#listeners = new ActiveListeners(plan.listeners);
    this.#timedAlerts = new TimedAlerts({ routes: () => this.#plan.routes, clock, onAlert: this.#addAlert });
  }

  /** The plan in force. */
  get plan(): InboundPlan {
    return this.#plan;
  }

  /** Addresses and ports that are open now. */
  get endpoints(): readonly Endpoint[] {
    return this.#listeners.endpoints;
  }

  /** Connections to a listener that the client reset before the system could tell its address. */
  abortedOf(name: string): number {
    return this.#listeners.abortedOf(name);
  }

  get counters(): InboundCounters {
    return { ...this.#listeners.counters, ...this.#options.records.counters };
  }

  /** Whether each listener accepts connections. */
  async examine(timeoutMs: number): Promise<readonly ListenerHealth[]> {
    return await this.#listeners.probe(timeoutMs);
  }

  /** Opens every port, or none. @throws HarbingerError as `Listener.start` does */
  async start(): Promise<void> {
    await this.#prepareStages();
    await this.#listeners.start(this.#plan.opened);
    this.#startStages();
  }

  /**
   * Opens the ports that can be opened.
   * @returns why the others cannot be opened, once for each cause; {@link openMore} tries them again
   * @throws HarbingerError where the system has no room for any connection
   */
  async startAvailable(): Promise<readonly HarbingerError[]> {
    await this.#prepareStages();
    const failures = await this.#listeners.startAvailable(this.#plan.opened);
    this.#startStages();
    return failures;
  }

  /** Tries the ports that could not be opened before. @returns why some still cannot be opened */
  async openMore(): Promise<readonly HarbingerError[]> {
    return await this.#listeners.openMore();
  }

  /**
   * Prepares `next` to replace the plan in force while connections come in: restores the decisions of new gates and
   * opens new ports. Connections that were accepted before end under the earlier plan.
   * @throws HarbingerError where a new port cannot be opened, or the database cannot be read; nothing has changed then
   */
  async prepare(next: InboundPlan): Promise<PortHandover> {
    if (next.newGates.length > 0) await this.#restore(next);
    const handover = await this.#listeners.prepare(next.listeners, next.opened);
    return {
      commit: () => {
        handover.commit();
        this.#plan = next;
        next.commit?.();
      },
      abandon: () => handover.abandon(),
    };
  }

  /** Stops accepting, stores what was captured, and puts the alerts in progress into the outbox. */
  async stop(): Promise<void> {
    const { records, announcer, ended } = this.#options;
    await this.#listeners.stop();
    await this.#timedAlerts.stop();
    await this.#options.mutes?.stop();
    await records.stop();
    await announcer.stop();
    await ended?.();
  }

  /**
   * Takes each connection from the capture stage when it has ended.
   * @param plan the plan under which it was accepted
   */
  readonly captured = (connection: Connection, plan: InboundPlan = this.#plan): void => {
    if (this.#listeners.takeOwnProbe(connection)) return;
    const { records, clock, seen } = this.#options;
    if (!decideConnection(connection, plan, clock.now(), this.#decision)) return;
    records.add(connection);
    seen?.(connection);
  };

  /** Alerts are stored with their connections, in one transaction; the announcer composes them after that. */
  readonly #addAlert = (route: AlertRoute, alert: RoutedAlert): void => {
    for (const due of dueAlerts(route, alert)) this.#options.records.addAlert(due);
  };

  readonly #decision = {
    onAlert: this.#addAlert,
    covers: (address: Address, at: number) => this.#options.mutes?.covers(address, at) === true,
  };

  async #prepareStages(): Promise<void> {
    await Promise.all([this.#restore(this.#plan), this.#options.mutes?.read(), this.#options.prepare?.()]);
  }

  async #restore({ newGates, rules }: InboundPlan): Promise<void> {
    const { alerts, connections, clock } = this.#options;
    await restoreGates({ routes: newGates, rules, alerts, connections, now: clock.now() });
  }

  #startStages(): void {
    this.#options.records.start();
    this.#options.announcer.start();
    this.#options.mutes?.start();
    this.#timedAlerts.start();
  }
}
