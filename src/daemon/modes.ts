import type { Config } from "../config/config.ts";
import type { LoadOutcome } from "../config/load.ts";
import type { Address } from "../core/address.ts";
import type { Endpoint } from "../core/connection.ts";
import { hostLiteral } from "../core/host-literal.ts";
import { formatPorts, type Port } from "../core/ports.ts";
import { countIn, deadReportsIn } from "../core/store.ts";
import { type RunSummary, runWatches } from "../outbound/flow.ts";
import { ownAddresses } from "../platform/own-links.ts";
import { programVersion } from "../platform/program-version.ts";
import { noServiceManager, type ServiceManager } from "../platform/service-manager.ts";
import type { Harbinger } from "./compose.ts";
import { controlPlace } from "./control/control-place.ts";
import { ControlServer } from "./control/control-server.ts";
import { figuresOf } from "./figures.ts";
import { examineHealth } from "./health.ts";
import { Housekeeping, pruneExpired } from "./housekeeping.ts";
import { makeDue } from "./make-due.ts";
import { type OpenDecoys, openDecoys } from "./open-decoys.ts";
import type { ReloadRequests } from "./reload/reload-requests.ts";
import { Reloader, type ReloadOutcome } from "./reload/reloader.ts";
import type { Replaceable } from "./reload/replacement.ts";
import { runningState } from "./running-state.ts";
import { ServiceStatus, type StatusSettings, storeQuery } from "./service-status.ts";
import { dueInCron, type WaitingWatch } from "./watch-jobs.ts";
import { WatchRounds } from "./watch-rounds.ts";
import type { WebPart } from "./web-part.ts";

/** Time limit for the deliveries of a single run; the next run sends the rest. */
const cronDeliveryMs = 60_000;

export interface CronOutcome {
  readonly summary: RunSummary;
  readonly waitingWatches: readonly WaitingWatch[];
  readonly delivered: number;
  /** Deliveries left for the next run, which retries them. */
  readonly waiting: number;
  /** Deliveries that became dead in this run. */
  readonly dead: number;
  /** How many of these are reports. */
  readonly deadReports: number;
}

/**
 * One run: every watch that does not have to wait for its schedule, then deliveries, for a limited time.
 * @throws HarbingerError `store-lost`
 */
export async function runOnce(harbinger: Harbinger, ended: AbortSignal): Promise<CronOutcome> {
  const { config, clock, deliveries, log, stages, storeLoss } = harbinger;
  const signal = AbortSignal.any([ended, storeLoss.signal]);
  const { due, waiting: waitingWatches } = await dueInCron(config, harbinger);
  const summary = await runWatches(due, stages, signal);
  storeLoss.throwIfLost();
  if (signal.aborted) return { summary, waitingWatches, delivered: 0, waiting: 0, dead: 0, deadReports: 0 };
  // A single run retries all waiting deliveries: there is no later attempt before the next run.
  await makeDue(harbinger.store, clock);
  const counts = await deliveries.drain({ deadline: clock.now() + cronDeliveryMs });
  await pruneExpired({ ...harbinger, retention: config.retention, reports: config.reports });
  const backlog = await harbinger.store.deliveries.backlog();
  const waiting = countIn(backlog, "queued");
  log.info("run complete", {
    watches: summary.ran.length,
    reports: summary.reports,
    delivered: counts.delivered,
    waiting,
    gaveUp: counts.dead,
  });
  const { delivered, dead } = counts;
  const deadReports = Math.min(dead, deadReportsIn(backlog));
  return { summary, waitingWatches, delivered, waiting, dead, deadReports };
}

export interface KeepRunningOptions {
  /** Watches that never ran start at once instead of at their next time. */
  readonly firstRunAtOnce: boolean;
  /** Every watch starts at once. */
  readonly allAtOnce?: boolean;
  /** Serves pages and API where the configuration says. */
  readonly servesPages?: boolean;
  /** Receives readiness and activity. */
  readonly serviceManager?: ServiceManager;
  /** Called after each run. */
  readonly ran?: ((summary: RunSummary) => void) | undefined;
  readonly reload: ReloadOptions;
}

/** How the configuration can be replaced while the program runs. */
export interface ReloadOptions {
  readonly requests: ReloadRequests<ReloadOutcome>;
  /** Reads the configuration that replaces `running`. */
  readonly read: (running: Config) => Promise<LoadOutcome>;
  /** Replaces the log settings as well. */
  readonly parts: readonly Replaceable<Config>[];
}

export interface KeepRunningOutcome {
  /** Whether a decoy port could never be opened. */
  readonly decoysMissing: boolean;
}

/**
 * Runs until `signal` is aborted: starts each watch on its schedule and delivers continuously.
 * @throws HarbingerError if it cannot start or its database is lost; everything is stopped then
 */
export async function keepRunning(
  harbinger: Harbinger,
  options: KeepRunningOptions,
  signal: AbortSignal,
): Promise<KeepRunningOutcome> {
  const failed = new AbortController();
  try {
    const ends = AbortSignal.any([signal, failed.signal, harbinger.storeLoss.signal]);
    const outcome = await serve(harbinger, options, ends);
    harbinger.storeLoss.throwIfLost();
    return outcome;
  } catch (error) {
    failed.abort();
    await harbinger.inbound?.stop();
    throw error;
  }
}

async function serve(
  harbinger: Harbinger,
  options: KeepRunningOptions,
  signal: AbortSignal,
): Promise<KeepRunningOutcome> {
  const { clock, deliveries, log } = harbinger;
  const { requests, read, parts } = options.reload;
  const { config } = harbinger;
  const { serviceManager = noServiceManager } = options;
  const serviceStatus = new ServiceStatus({
    ...statusOf(config),
    serviceManager,
    ports: () => harbinger.inbound?.endpoints.length ?? 0,
    nextDueAt: () => rounds.nextDueAt(),
    clock,
  });
  const rounds: WatchRounds = new WatchRounds(
    { config, stages: harbinger.stages },
    {
      ...harbinger,
      ...options,
      waitsForJobs: () => harbinger.inbound !== undefined,
      ran: (summary) => {
        harbinger.counters.ran(summary);
        options.ran?.(summary);
      },
      scanning: (watches) => serviceStatus.scanning(watches),
      watchChanged: harbinger.watchChanges.report,
      cleanedUp: () => serviceStatus.send(),
    },
  );
  await rounds.start();
  await using control = new ControlServer({
    place: controlPlace(config.store.location),
    answers: {
      health: () => {
        const { store, inbound } = harbinger;
        return examineHealth({ store, clock, inbound });
      },
      reload: () => requests.request(),
    },
    log,
  });
  await control.start();
  // A start retries all waiting deliveries: the mail server may work again. Done before the ports are opened, because a
  // read-only database fails here.
  await makeDue(harbinger.store, clock);
  const decoys = new Decoys(harbinger, signal);
  await decoys.open(config.watches.length === 0);
  const housekeeping = new Housekeeping({ ...harbinger, retention: config.retention, reports: config.reports });
  const pruning = housekeeping.runUntil(signal);
  deliveries.start();
  await using web = options.servesPages === true ? await webPart(harbinger, rounds, signal) : undefined;
  await web?.start();
  harbinger.pages.place = () => web?.place;
  const [channels, ...inbound] = harbinger.parts;
  const reloader = new Reloader({
    running: () => harbinger.config,
    read: () => read(harbinger.config),
    parts: [
      ...(channels === undefined ? [] : [channels]),
      rounds,
      housekeeping,
      ...parts,
      ...inbound,
      ...(web === undefined ? [] : [web]),
    ],
    committed: () => {
      harbinger.use(rounds.current);
      void decoys.openMore();
    },
    clock,
    log,
    signal,
  });
  serviceStatus.send();
  serviceManager.ready();
  serviceManager.watch(storeQuery(harbinger.store), signal);
  requests.serve(async () => {
    serviceManager.reloading();
    const outcome = await reloader.reload();
    serviceManager.ready();
    serviceStatus.adjust(statusOf(harbinger.config));
    return outcome;
  });
  if (config.watches.length > 0) {
    log.info("waiting for the next schedule", {
      watches: config.watches.length,
      next: describeInstant(rounds.nextDueAt(), clock.now()),
    });
  }
  await rounds.runUntil(signal);
  await requests.stop();
  await decoys.retrying();
  await harbinger.inbound?.stop();
  await reloader.finished();
  await deliveries.stop();
  await pruning;
  await harbinger.counters.ended();
  return { decoysMissing: decoys.isIncomplete() };
}

/** Loaded only if it is used: a web server is a megabyte of code. */
async function webPart(harbinger: Harbinger, rounds: WatchRounds, signal: AbortSignal): Promise<WebPart> {
  const { store, clock, log, config } = harbinger;
  const version = programVersion();
  const [{ WebPart }, { buildInCheckout }, { Metrics }] = await Promise.all([
    import("./web-part.ts"),
    import("../web/pages/build-in-checkout.ts"),
    import("../web/metrics/metrics.ts"),
  ]);
  if (config.web.listen !== undefined) void harbinger.counters.follow({ store, clock, log, signal });
  return new WebPart(config.web, {
    store,
    clock,
    log,
    version,
    timeZone: () => harbinger.config.standalone.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    ownAddresses,
    preparePages: () => buildInCheckout(log),
    health: () => examineHealth({ store, clock, inbound: harbinger.inbound }),
    deliver: () => harbinger.deliveries.wake(),
    watches: { start: (name) => rounds.startNow(name), stop: (name, by) => rounds.stopNow(name, by) },
    metrics: new Metrics({
      version,
      figures: () => figuresOf(harbinger, { rounds, signal }),
      monotonic: () => clock.monotonic(),
    }),
    watchProgress: (listener) =>
      harbinger.progress.subscribe(({ name: watch }, stage, progress) => listener({ watch, stage, ...progress })),
    watchChanges: (listener) => harbinger.watchChanges.subscribe(listener),
    running: runningState(harbinger, rounds),
  });
}

function statusOf({ watches, standalone: { timeZone } }: Config): StatusSettings {
  return { watches: watches.length, timeZone };
}

/** Decoy ports, which a reload may add or remove. */
class Decoys {
  readonly #harbinger: Harbinger;
  readonly #signal: AbortSignal;
  #open: OpenDecoys | undefined;

  constructor(harbinger: Harbinger, signal: AbortSignal) {
    this.#harbinger = harbinger;
    this.#signal = signal;
  }

  async open(isAlone: boolean): Promise<void> {
    const { inbound, clock, log } = this.#harbinger;
    if (inbound === undefined) return;
    this.#open = await openDecoys({ inbound, clock, log, isAlone }, this.#signal);
    if (inbound.endpoints.length > 0) log.info("listening", { on: describeEndpoints(inbound.endpoints) });
  }

  /** A new configuration is active. */
  async openMore(): Promise<void> {
    await this.#open?.again();
  }

  isIncomplete(): boolean {
    return this.#open?.isIncomplete() ?? false;
  }

  async retrying(): Promise<void> {
    await this.#open?.retrying();
  }
}

/** `127.0.0.1:22,8000-8010 [::1]:22`: a listener may have any number of ports. */
function describeEndpoints(endpoints: readonly Endpoint[]): string {
  const byAddress = new Map<Address, Port[]>();
  for (const { address, port } of endpoints) {
    const ports = byAddress.get(address);
    if (ports === undefined) byAddress.set(address, [port]);
    else ports.push(port);
  }
  return [...byAddress].map(([address, ports]) => `${hostLiteral(address)}:${formatPorts(ports)}`).join(" ");
}

function describeInstant(instant: number, now: number): string {
  if (instant <= now) return "now";
  return Number.isFinite(instant) ? new Date(instant).toISOString() : "never";
}
