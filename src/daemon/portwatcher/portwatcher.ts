import { portwatcherAlertLayout } from "../../compat/portwatcher/alert-text.ts";
import { connectionsPerHandler, type PortwatcherSettings } from "../../compat/portwatcher/environment.ts";
import { storeLocation } from "../../compat/portwatcher/store-place.ts";
import type { Clock, Random } from "../../core/clock.ts";
import type { Connection } from "../../core/connection.ts";
import { ntfyRecipient } from "../../core/delivery.ts";
import type { Log } from "../../core/log.ts";
import type { ListenerSettings } from "../../inbound/listen/schema.ts";
import type { ChannelMap } from "../../notify/channel-map.ts";
import { mailServer } from "../../notify/channels/mail/mail-server.ts";
import { ntfyOptions } from "../../notify/channels/ntfy/channel.ts";
import { NtfyChannel } from "../../notify/channels/ntfy/ntfy-channel.ts";
import { DeliveryLoop } from "../../notify/outbox/delivery-loop.ts";
import { doublingSchedule } from "../../notify/outbox/retry-schedule.ts";
import { descriptorBudget } from "../../platform/descriptors.ts";
import type { ServiceManager } from "../../platform/service-manager.ts";
import { plural } from "../../present/text/plural.ts";
import { openStore } from "../../store/open-store.ts";
import type { RetentionSettings } from "../../store/schema.ts";
import { controlPlace } from "../control/control-place.ts";
import { ControlServer } from "../control/control-server.ts";
import { examineHealth } from "../health.ts";
import { Housekeeping } from "../housekeeping.ts";
import { type InboundSetup, inboundFlow } from "../inbound-flow.ts";
import { makeDue } from "../make-due.ts";
import type { ReloadRequests } from "../reload/reload-requests.ts";
import { storeQuery } from "../service-status.ts";
import { StoreLoss } from "../store-loss.ts";
import { takeLock } from "../take-lock.ts";
import { PortwatcherReload } from "./reload.ts";

export interface PortwatcherOptions {
  readonly settings: PortwatcherSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly serviceManager: ServiceManager;
  /** Called for each connection that is logged; cheap. */
  readonly seen: (connection: Connection) => void;
  readonly signal: AbortSignal;
  /** Requests a reload of the files of secrets and variables. */
  readonly reloads: ReloadRequests<void>;
  /** As in `PortwatcherReload`. */
  readonly read: () => PortwatcherSettings;
}

/** Alerts lose value quickly: retried often, for a limited time. */
const retrySchedule = doublingSchedule({ firstMs: 10_000, maxMs: 900_000, giveUpAfterMs: 5 * 86_400_000 });
/** Time limit for the current deliveries at shutdown. Containers are killed after ten seconds. */
const graceMs = 7000;
const lastDeliveryMs = 2000;
const dayMs = 86_400_000;
/** The earlier tool kept no history. The limit is small, because in a container the file may be in memory. */
const retention: RetentionSettings = {
  reportsMs: 30 * dayMs,
  hostsMs: 30 * dayMs,
  connectionsMs: 30 * dayMs,
  connectionsAtMost: 100_000,
  connectionsMaxBytes: 64_000_000,
  scansAtMost: 1000,
  discoveriesAtMost: 1000,
  maxBytes: 100_000_000,
  // It writes no report files.
  reportFiles: {},
};
/** Open files reserved for database, mail and push. */
const reservedDescriptors = 128;

/**
 * Listens and sends alerts until `signal` is aborted. Then a graceful shutdown: stop accepting, store the recorded connections,
 * deliver what can be delivered at once, and leave the rest for the next start.
 * @throws HarbingerError if the port or the store cannot be opened, or the store is lost
 */
export async function runPortwatcher(options: PortwatcherOptions): Promise<void> {
  const { settings, clock, random, log, serviceManager } = options;
  const storeLoss = new StoreLoss(log);
  const signal = AbortSignal.any([options.signal, storeLoss.signal]);
  await using stack = new AsyncDisposableStack();
  const location = storeLocation(settings, log);
  const store = stack.use(
    await serviceManager.starting("opening the database", openStore({ location, clock, log, lost: storeLoss.report })),
  );
  stack.use(
    await takeLock(store, clock, {
      holder: "portwatcher",
      remedy: "Stop it, or set PW_STORE to another file: each portwatcher needs its own.",
    }),
  );
  const firstChannels = channels(settings, clock);
  const deliveries = stack.use(
    new DeliveryLoop({
      outbox: store.deliveries,
      channels: firstChannels,
      clock,
      random,
      log,
      retrySchedule,
      graceMs,
      clockSetBack: () => makeDue(store, clock),
    }),
  );
  const flow = inboundFlow(setup(settings, log), {
    connections: store.connections,
    alerts: store.alerts,
    clock,
    random,
    log,
    deliver: () => deliveries.wake(),
    seen: options.seen,
    maxStoredBytes: retention.connectionsMaxBytes,
  });
  // A start retries all waiting deliveries: the mail server may work again.
  await makeDue(store, clock);
  await flow.start();
  deliveries.start();
  const control = stack.use(
    new ControlServer({
      place: controlPlace(location),
      answers: { health: () => examineHealth({ store, inbound: flow, clock }) },
      log,
    }),
  );
  await control.start();
  const { hosts, ports } = settings.listener;
  log.info("listening", { host: hosts.join(" ") || "*", port: ports.join(" ") });
  serviceManager.status(`listening on ${plural(flow.endpoints.length, "port")}`);
  serviceManager.ready();
  serviceManager.watch(storeQuery(store), signal);
  const reload = new PortwatcherReload(settings, firstChannels, {
    store,
    deliveries,
    clock,
    log,
    read: options.read,
    channels: (others) => channels(others, clock),
    loop: { retrySchedule },
  });
  options.reloads.serve(async () => {
    serviceManager.reloading();
    await reload.reload();
    serviceManager.ready();
  });
  await new Housekeeping({ store, retention, clock, log }).runUntil(signal);
  await options.reloads.stop();
  await flow.stop();
  const stoppedAt = clock.monotonic();
  await deliveries.stop();
  storeLoss.throwIfLost();
  // If stopping was slow, a server does not respond; another attempt would not help.
  if (clock.monotonic() - stoppedAt < lastDeliveryMs)
    await deliveries.drain({ deadline: clock.now() + lastDeliveryMs });
  const { delivered, retried } = deliveries.counts;
  log.info("ended", { delivered, failedAttempts: retried });
}

function setup({ listener, enrich, alerts, mail, push }: PortwatcherSettings, log: Log): InboundSetup {
  const routes: InboundSetup["routes"] = [
    ...(mail === undefined ? [] : [{ channel: "mail" as const, recipients: mail.recipients }]),
    ...(push === undefined ? [] : [{ channel: "ntfy" as const, recipients: [ntfyRecipient] }]),
  ];
  return {
    listeners: [withinDescriptors(listener, log)],
    enrich,
    alerts,
    alertLayout: portwatcherAlertLayout,
    routes,
  };
}

function channels({ mail, push }: PortwatcherSettings, clock: Clock): ChannelMap {
  return {
    ...(mail === undefined ? {} : { mail: mailServer(mail.server) }),
    ...(push === undefined
      ? {}
      : { ntfy: new NtfyChannel({ ...ntfyOptions({ ...push, tags: [...push.tags], timeout: "30s" }), clock }) }),
  };
}

/** Limits connections to the available open files, so that accept does not fail. */
function withinDescriptors(listener: ListenerSettings, log: Log): ListenerSettings {
  const { limit, open } = descriptorBudget();
  const connections = Math.min(listener.limits.connections, Math.max(1, limit - open - reservedDescriptors));
  const handlers = listener.limits.connections / connectionsPerHandler;
  if (connections < handlers) {
    log.warn(
      "fewer simultaneous connections than PW_MAX_CONCURRENCY: raise the limit on open files (ulimit -n 16384)",
      {
        possible: connections,
        openFiles: limit,
      },
    );
  }
  const perAddress = Math.min(listener.limits.perAddress, Math.max(1, Math.floor(connections / 2)));
  return { ...listener, limits: { connections, perAddress } };
}
