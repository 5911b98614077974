import type { Address } from "../core/address.ts";
import type { Clock } from "../core/clock.ts";
import type { ChannelName } from "../core/delivery.ts";
import type { Log } from "../core/log.ts";
import type { ListenerState, WatchState } from "../core/running-state.ts";
import type { Store } from "../core/store.ts";
import type { HealthJson } from "../present/health/health-schema.ts";
import type { Metrics } from "./metrics/metrics.ts";

/** What the routes need of the running program: `daemon/` provides it. */
export interface WebContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The version of the program. */
  readonly version: string;
  /** Name of the zone in which times are shown, such as `Europe/Berlin`. */
  readonly timeZone: () => string;
  /** IP addresses of this machine now, link-local ones with their zone. */
  readonly ownAddresses: () => readonly Address[];
  /** Resolves when the pages are built, if this is a checkout. Default: they are there. */
  readonly preparePages?: () => Promise<void>;
  readonly health: () => Promise<HealthJson>;
  /** Starts the delivery loop, where something is due. */
  readonly deliver: () => void;
  readonly watches: WatchControl;
  /** Calls `listener` with the progress of running watches, a few times per second. Disposing ends it. */
  readonly watchProgress: (listener: (progress: ScanProgress) => void) => Disposable;
  /** Calls `listener` with the name of each watch whose run begins or has ended. Disposing ends it. */
  readonly watchChanges: (listener: (name: string) => void) => Disposable;
  readonly running: RunningState;
  readonly metrics: Pick<Metrics, "text" | "contentType">;
}

/** Starts and stops the run of one watch, by its name. */
export interface WatchControl {
  /** `queued`: it starts when the watches that run now have ended; `running`: it runs already. */
  start(name: string): "started" | "queued" | "running" | "unknown";
  /**
   * `cancelled`: it was queued; `idle`: it neither runs nor is queued.
   * @param by who, and by which way: `ann on the pages`
   */
  stop(name: string, by: string): "stopping" | "cancelled" | "idle" | "unknown";
}

/** How far the run of a watch is. */
export interface ScanProgress {
  readonly watch: string;
  readonly stage: "scanning" | "devices" | "examining";
  readonly done: number;
  readonly total: number | undefined;
  /** Open ports so far. */
  readonly found?: number | undefined;
}

/** The active configuration and what it does now. */
export interface RunningState {
  readonly watches: () => readonly WatchState[];
  readonly listeners: () => readonly ListenerState[];
  /** In the form of the file, with secrets masked. */
  readonly settings: () => unknown;
  /** By channel: what is shown instead of its recipients, because they are secret. */
  readonly shownRecipients: () => ReadonlyMap<ChannelName, string>;
}
