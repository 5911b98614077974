import type { Clock } from "../core/clock.ts";
import { HarbingerError } from "../core/errors.ts";
import type { Store } from "../core/store.ts";
import { wallClock } from "../core/wall-clock.ts";
import type { ServiceManager } from "../platform/service-manager.ts";
import type { StoreQuery } from "../platform/watchdog.ts";
import { plural } from "../present/text/plural.ts";

/** The settings that a reload may change. */
export interface StatusSettings {
  readonly watches: number;
  readonly timeZone?: string | undefined;
}

export interface ServiceStatusOptions extends StatusSettings {
  readonly serviceManager: Pick<ServiceManager, "status">;
  /** Open decoy ports. */
  readonly ports: () => number;
  /** When the next watch is due: milliseconds since the epoch; `Infinity` for never. */
  readonly nextDueAt: () => number;
  readonly clock: Clock;
}

/** Maximum names in the line; more are counted. */
const maxNames = 3;

/** The status line of the service manager: `3 watches, 4 ports; next scan 14:30`, or the running scan. */
export class ServiceStatus {
  readonly #options: ServiceStatusOptions;
  #settings: StatusSettings;
  #scanning: readonly string[] = [];

  constructor(options: ServiceStatusOptions) {
    this.#options = options;
    this.#settings = options;
  }

  adjust(settings: StatusSettings): void {
    this.#settings = settings;
    this.send();
  }

  scanning(watches: readonly string[]): void {
    this.#scanning = watches;
    this.send();
  }

  /** Sends the current status. */
  send(): void {
    const { serviceManager, ports } = this.#options;
    const { watches } = this.#settings;
    const open = ports();
    const parts = [
      ...(watches > 0 ? [plural(watches, "watch", "watches")] : []),
      ...(open > 0 ? [plural(open, "port")] : []),
    ];
    serviceManager.status([parts.join(", "), ...(watches > 0 ? [this.#activity()] : [])].join("; "));
  }

  #activity(): string {
    const names = this.#scanning;
    if (names.length > 0) {
      const more = names.length > maxNames ? ` and ${names.length - maxNames} more` : "";
      return `scanning ${names.slice(0, maxNames).join(", ")}${more}`;
    }
    const { clock, nextDueAt } = this.#options;
    const { timeZone } = this.#settings;
    const next = nextDueAt();
    if (!Number.isFinite(next)) return next > 0 ? "no scan is scheduled" : "the first scan begins";
    const read = wallClock(timeZone);
    const [then, today] = [read(next), read(clock.now())];
    const time = `${then.hour}:${then.minute}`;
    const day = `${then.year}-${then.month}-${then.day}`;
    return `next scan ${day === `${today.year}-${today.month}-${today.day}` ? "" : `${day} `}${time}`;
  }
}

/** The watchdog's query: a small lookup for every store. */
export function storeQuery(store: Pick<Store, "scans">): StoreQuery {
  return async () => {
    try {
      (await store.scans.list({ limit: 1 })).rows;
      return "answers";
    } catch (error) {
      return error instanceof HarbingerError && error.code === "store-lost" ? "lost" : "answers";
    }
  };
}
