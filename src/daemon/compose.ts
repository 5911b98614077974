import type { Config } from "../config/config.ts";
import type { Clock } from "../core/clock.ts";
import type { Connection } from "../core/connection.ts";
import { connectionJson } from "../core/connection-json.ts";
import type { Log } from "../core/log.ts";
import type { Store } from "../core/store.ts";
import type { InboundFlow } from "../inbound/flow.ts";
import { DeliveryLoop } from "../notify/outbox/delivery-loop.ts";
import { doublingSchedule } from "../notify/outbox/retry-schedule.ts";
import type { OutboundStages } from "../outbound/flow.ts";
import { LineFile } from "../platform/line-file.ts";
import { systemClock, systemRandom } from "../platform/system-clock.ts";
import { openStore } from "../store/open-store.ts";
import { alertRoutes, configuredChannels } from "./channels.ts";
import { deviceAt } from "./device-at.ts";
import { inboundFlow } from "./inbound-flow.ts";
import { makeDue } from "./make-due.ts";
import { outboundStages, type WatchProgress } from "./outbound-stages.ts";
import { takeLock } from "./take-lock.ts";

export interface ComposeOptions {
  readonly config: Config;
  readonly log: Log;
  /** Stands in the lock, so that a second process can say who has it. */
  readonly mode: string;
  readonly progress?: WatchProgress;
  /** Opens the configured listeners, too. */
  readonly listen?: { readonly seen: (connection: Connection) => void };
}

/** Longer than a database server needs to restart, and shorter than an orderly end may take. */
const storePatienceMs = 12_000;

/** Everything that runs, wired. Disposing ends it in order: deliveries first, then the lock, the store at last. */
export interface Harbinger extends AsyncDisposable {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Store;
  readonly stages: OutboundStages;
  readonly deliveries: DeliveryLoop;
  /** Absent where nothing is listened on. */
  readonly inbound?: InboundFlow;
}

/**
 * Wires the program. All of it is made here and nowhere else.
 * @throws HarbingerError `store-busy` where another process has the store
 */
export async function compose(options: ComposeOptions): Promise<Harbinger> {
  const { config, log } = options;
  const clock = systemClock;
  await using stack = new AsyncDisposableStack();
  const store = stack.use(await openStore({ ...config.store, clock, log, patienceMs: storePatienceMs }));
  stack.use(
    await takeLock(store, clock, {
      holder: `harbinger ${options.mode}`,
      remedy: "Nothing was scanned. Wait until it has ended, or end it; two at once would do everything twice.",
    }),
  );
  const deliveries = stack.use(
    new DeliveryLoop({
      outbox: store.deliveries,
      channels: configuredChannels(config, clock, log),
      clock,
      random: systemRandom,
      log,
      retrySchedule: doublingSchedule({
        firstMs: config.delivery.firstRetryMs,
        longestMs: config.delivery.longestRetryMs,
        giveUpAfterMs: config.delivery.giveUpAfterMs,
      }),
      parallel: config.delivery.parallel,
      attemptLimitMs: config.delivery.attemptLimitMs,
      clockSetBack: () => makeDue(store, clock),
    }),
  );
  const { progress } = options;
  const stages = outboundStages({
    config,
    store,
    clock,
    log,
    deliver: () => deliveries.wake(),
    ownEndpoints: () => inbound?.endpoints ?? [],
    ...(progress === undefined ? {} : { progress }),
  });
  const inbound = options.listen && config.listeners.length > 0 ? listening(options.listen.seen) : undefined;
  function listening(seen: (connection: Connection) => void): InboundFlow {
    const { listeners, enrich, alerts } = config;
    const { connections: lines } = config.logging;
    const file = lines === undefined ? undefined : new LineFile({ ...lines, clock, log, holds: "connections" });
    if (file !== undefined) stack.defer(() => file.stop());
    return inboundFlow(
      { listeners, enrich, alerts, routes: alertRoutes(config) },
      {
        connections: store.connections,
        alerts: store.alerts,
        clock,
        random: systemRandom,
        log,
        deviceOf: (address) => deviceAt(store.devices, address),
        deliver: () => deliveries.wake(),
        maxStoredBytes: config.retention.connectionsMaxBytes,
        opensDatabases: file !== undefined,
        seen(connection, known) {
          seen(connection);
          file?.add(JSON.stringify(connectionJson({ ...connection, origin: known() })));
        },
      },
    );
  }
  const resources = stack.move();
  return {
    config,
    clock,
    log,
    store,
    stages,
    deliveries,
    ...(inbound === undefined ? {} : { inbound }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
