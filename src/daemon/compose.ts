import type { Config } from "../config/config.ts";
import type { Clock } from "../core/clock.ts";
import type { Connection } from "../core/connection.ts";
import type { Log } from "../core/log.ts";
import type { Store } from "../core/store.ts";
import type { InboundFlow } from "../inbound/flow.ts";
import { DeliveryLoop } from "../notify/outbox/delivery-loop.ts";
import type { OutboundStages } from "../outbound/flow.ts";
import { systemClock, systemRandom } from "../platform/system-clock.ts";
import { openStore } from "../store/open-store.ts";
import { createChannels } from "./channels.ts";
import { ConfiguredInbound } from "./configured-inbound.ts";
import { DeliveryChannels } from "./delivery-channels.ts";
import { peerDevicesAt } from "./devices-at.ts";
import { makeDue } from "./make-due.ts";
import { outboundStages, type SharedTools, type WatchProgress } from "./outbound-stages.ts";
import { ProgressFeed, WatchFeed } from "./progress-feed.ts";
import type { Replaceable } from "./reload/replacement.ts";
import { RunCounters } from "./run-counters.ts";
import { StoreLoss } from "./store-loss.ts";
import { takeLock } from "./take-lock.ts";
import type { Outbound } from "./watch-rounds.ts";

export interface ComposeOptions {
  readonly config: Config;
  readonly log: Log;
  /** Written into the lock, so that a second process can name the holder. */
  readonly mode: string;
  readonly progress?: WatchProgress | undefined;
  /** Opens the configured listeners, too. */
  readonly listen?: { readonly seen: (connection: Connection) => void } | undefined;
}

/** Longer than a database server needs to restart, shorter than the limit of a graceful shutdown. */
const storeWaitMs = 12_000;

/**
 * The wired program. Disposing stops it in order: deliveries first, then the lock, the store last. Store, lock and
 * delivery loop survive a reload; the rest belongs to the active configuration.
 */
export interface Harbinger extends AsyncDisposable {
  /** The active configuration. */
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Store;
  readonly storeLoss: StoreLoss;
  /** From the active configuration. */
  readonly stages: OutboundStages;
  readonly deliveries: DeliveryLoop;
  /** Progress of running watches. */
  readonly progress: ProgressFeed;
  readonly watchChanges: WatchFeed;
  /** Where the pages are, for a browser; `undefined` while there are none. */
  readonly pages: { place: () => string | undefined };
  readonly counters: RunCounters;
  /** Absent if no listeners are configured. */
  readonly inbound: InboundFlow | undefined;
  /** The parts that a reload replaces; decoys last, because opening their ports is visible from outside. */
  readonly parts: readonly Replaceable<Config>[];
  /** The watches of a new configuration, and their stages. */
  outboundOf(config: Config): Outbound;
  /** Makes the new configuration active. */
  use(outbound: Outbound): void;
}

/**
 * Wires the program. Every part is created here and nowhere else.
 * @throws HarbingerError `store-busy` if another process uses the store
 */
export async function compose(options: ComposeOptions): Promise<Harbinger> {
  const { config, log, listen } = options;
  const clock = systemClock;
  await using stack = new AsyncDisposableStack();
  const storeLoss = new StoreLoss(log);
  const store = stack.use(
    await openStore({ ...config.store, clock, log, patienceMs: storeWaitMs, lost: storeLoss.report }),
  );
  stack.use(
    await takeLock(store, clock, {
      holder: `harbinger ${options.mode}`,
      remedy: "Nothing was scanned. Wait until that process has ended, or stop it.",
    }),
  );
  const channels = new DeliveryChannels(config, {
    store,
    clock,
    log,
    make: (other) => createChannels(other, { clock, log }),
  });
  const deliveries = stack.use(
    new DeliveryLoop({
      ...channels.settings,
      outbox: store.deliveries,
      clock,
      random: systemRandom,
      log,
      clockSetBack: () => makeDue(store, clock),
    }),
  );
  channels.serve(deliveries);
  const deliver = () => deliveries.wake();
  const counters = new RunCounters();
  const inbound =
    listen === undefined
      ? undefined
      : stack.use(
          new ConfiguredInbound(config, {
            connections: store.connections,
            alerts: store.alerts,
            mutes: store.mutes,
            clock,
            random: systemRandom,
            log,
            devicesOf: (address) => peerDevicesAt(store.devices, address),
            deliver,
            alerted: (alerts) => counters.alerted(alerts),
            seen: (connection) => {
              counters.connection(connection);
              listen.seen(connection);
            },
          }),
        );
  const progress = new ProgressFeed();
  if (options.progress !== undefined) progress.subscribe(options.progress);
  const shared: SharedTools = { engine: {}, finder: {} };
  const outboundOf = (other: Config): Outbound => ({
    config: other,
    stages: outboundStages({
      config: other,
      store,
      clock,
      log,
      deliver,
      ownEndpoints: () => inbound?.flow?.endpoints ?? [],
      shared,
      progress: progress.report,
    }),
  });
  let running = outboundOf(config);
  const resources = stack.move();
  return {
    get config() {
      return running.config;
    },
    clock,
    log,
    store,
    storeLoss,
    get stages() {
      return running.stages;
    },
    deliveries,
    progress,
    watchChanges: new WatchFeed(),
    pages: { place: () => undefined },
    counters,
    get inbound() {
      return inbound?.flow;
    },
    parts: inbound === undefined ? [channels] : [channels, inbound],
    outboundOf,
    use(outbound) {
      running = outbound;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
