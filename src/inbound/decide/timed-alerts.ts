import type { Clock } from "../../core/clock.ts";
import type { AlertRoute } from "./alert-route.ts";
import type { OnAlert } from "./decide-connection.ts";

/** How often the gates are checked for summaries and digests. */
const intervalMs = 1000;

export interface TimedAlertsOptions {
  /** The routes in force now. */
  readonly routes: () => readonly AlertRoute[];
  readonly clock: Clock;
  readonly onAlert: OnAlert;
}

/** Checks every second which summaries and digests are due: alerts that no new connection triggers. */
export class TimedAlerts {
  readonly #options: TimedAlertsOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #sequence = 0;

  constructor(options: TimedAlertsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(intervalMs, signal);
      this.#check(clock.now());
    }
  }

  #check(now: number): void {
    const { routes, onAlert } = this.#options;
    for (const route of routes()) {
      for (const [listener, gate] of route.gates) {
        for (const content of gate.due(now)) {
          this.#sequence += 1;
          onAlert(route, { id: `${content.kind}-${now}-${this.#sequence}`, listener, at: now, content });
        }
      }
    }
  }
}
