import type { Config } from "../config/config.ts";
import { type Address, hostLiteral } from "../core/address.ts";
import type { Endpoint } from "../core/connection.ts";
import { OutageLog } from "../core/outage-log.ts";
import { formatPorts, type Port } from "../core/ports.ts";
import { countIn } from "../core/store.ts";
import type { Watch } from "../core/watch.ts";
import { type RunSummary, runWatches } from "../outbound/flow.ts";
import { dailyAt, type Job, nextDue } from "../outbound/schedule/job.ts";
import { Scheduler } from "../outbound/schedule/scheduler.ts";
import { collectGarbage } from "../platform/collect-garbage.ts";
import { noServiceManager, type ServiceManager } from "../platform/service-manager.ts";
import type { Harbinger } from "./compose.ts";
import { controlPlace } from "./control/control-place.ts";
import { ControlServer } from "./control/control-server.ts";
import { examineHealth } from "./health.ts";
import { forget, keepHouse } from "./housekeeping.ts";
import { makeDue } from "./make-due.ts";
import { openDecoys } from "./open-decoys.ts";
import { ServiceStatus, storeQuestion } from "./service-status.ts";

/** How long a single run goes on delivering before it leaves the rest to the next one. */
const cronDeliveryMs = 60_000;

export interface CronOutcome {
  readonly summary: RunSummary;
  readonly notYet: readonly NotYet[];
  readonly delivered: number;
  /** Left for the next run, which tries them again. */
  readonly waiting: number;
  /** Given up in this run: nothing tries them again by itself. */
  readonly dead: number;
}

/** One run: every watch that need not wait for its schedule, then what there is to deliver, for a bounded time. */
export async function runOnce(harbinger: Harbinger, signal: AbortSignal): Promise<CronOutcome> {
  const { config, clock, deliveries, log, stages } = harbinger;
  const { due, waiting: notYet } = await dueInCron(harbinger);
  const summary = await runWatches(due, stages, signal);
  if (signal.aborted) return { summary, notYet, delivered: 0, waiting: 0, dead: 0 };
  // A single run tries everything that waits: the next moment at which it could is the next run.
  await makeDue(harbinger.store, clock);
  const counts = await deliveries.drain({ deadline: clock.now() + cronDeliveryMs });
  await forget({ ...harbinger, retention: config.retention });
  const waiting = countIn(await harbinger.store.deliveries.backlog(), "queued");
  log.info("run complete", {
    watches: summary.ran.length,
    reports: summary.reports,
    delivered: counts.delivered,
    waiting,
    gaveUp: counts.dead,
  });
  return { summary, notYet, delivered: counts.delivered, waiting, dead: counts.dead };
}

async function dueInCron(harbinger: Harbinger) {
  const { config, clock } = harbinger;
  const due: Watch[] = [];
  const waiting: NotYet[] = [];
  // Of one moment: the database may take a while to answer.
  const now = clock.now();
  for (const watch of config.watches) {
    const at = watch.onlyOnSchedule === true ? await scheduledAfter(watch) : Number.NEGATIVE_INFINITY;
    if (at <= now) due.push(watch);
    else waiting.push({ watch, at });
  }
  return { due, waiting };

  async function scheduledAfter(watch: Watch): Promise<number> {
    // A clock that was ahead leaves instants behind that have not come yet.
    const since = Math.min((await lastStartOf(watch, harbinger)) ?? now, now);
    return nextDue(jobOf(watch, config), since) ?? Number.POSITIVE_INFINITY;
  }
}

/** A watch that waits for its schedule, and when that comes; `Infinity`: never. */
export interface NotYet {
  readonly watch: Watch;
  readonly at: number;
}

export interface StayOptions {
  /** Watches that never ran begin at once, instead of at their next time. */
  readonly firstRunAtOnce: boolean;
  /** Every watch begins at once, whatever it did before. */
  readonly allAtOnce?: boolean;
  /** Is told when everything has started, and what goes on. */
  readonly serviceManager?: ServiceManager;
  /** Called after each run. */
  readonly ran?: (summary: RunSummary) => void;
}

export interface StayOutcome {
  /** Some port of a decoy could not be opened until the end. */
  readonly decoysMissing: boolean;
}

const dailyJob = "daily";

/** By then what a run found is delivered, mostly, and its memory is free. */
const tidyUpAfterMs = 5000;

/**
 * Stays until `signal` is aborted: runs each watch at its times and delivers all the while.
 * @throws HarbingerError where it cannot begin; nothing goes on then
 */
export async function stay(harbinger: Harbinger, options: StayOptions, signal: AbortSignal): Promise<StayOutcome> {
  const failed = new AbortController();
  try {
    return await remain(harbinger, options, AbortSignal.any([signal, failed.signal]));
  } catch (error) {
    failed.abort();
    await harbinger.inbound?.stop();
    throw error;
  }
}

async function remain(harbinger: Harbinger, options: StayOptions, signal: AbortSignal): Promise<StayOutcome> {
  const { config, clock, deliveries, inbound, log, stages } = harbinger;
  const entries = await jobsOf(harbinger, options);
  await using control = new ControlServer({
    place: controlPlace(config.store.location),
    answers: { health: () => examineHealth(harbinger) },
    log,
  });
  await control.start();
  // A start tries everything that waits: perhaps it comes because the mail server was mended. Before the ports are opened, because a
  // database that cannot be written shows here.
  await makeDue(harbinger.store, clock);
  const decoys =
    inbound === undefined
      ? undefined
      : await openDecoys({ inbound, clock, log, isAlone: config.watches.length === 0 }, signal);
  if (inbound !== undefined && inbound.endpoints.length > 0) {
    log.info("listening", { on: describeEndpoints(inbound.endpoints) });
  }
  const housekeeping = keepHouse({ ...harbinger, retention: config.retention }, signal);
  deliveries.start();
  let isFirst = true;
  const outage = new OutageLog({
    clock,
    log,
    fails: "a run failed; what it found is reported by the next one",
    works: "runs come to their end again",
  });
  const tidyUp = async () => {
    await clock.sleep(tidyUpAfterMs, signal);
    if (!signal.aborted) collectGarbage();
    serviceStatus.tell();
  };
  const scheduler = new Scheduler(
    {
      clock,
      log,
      async run(due) {
        // At the first start all may be due at once: a watch for each hour must not wait for the report of one for each week.
        const rounds = isFirst ? [...Map.groupBy(due, (job) => job.expression).values()] : [due];
        isFirst = false;
        const failed = new Set<string>();
        for (const round of rounds) {
          const names = new Set(round.map((job) => job.name));
          const watches = config.watches.filter((watch) => names.has(jobNameOf(watch)));
          serviceStatus.scanning(watches.map((watch) => watch.name));
          try {
            const summary = await runWatches(watches, stages, signal);
            outage.worked();
            if (!signal.aborted) options.ran?.(summary);
            for (const watch of summary.failed) failed.add(jobNameOf(watch));
          } catch (error) {
            outage.failed(error);
            for (const name of names) failed.add(name);
          }
        }
        serviceStatus.scanning([]);
        void tidyUp();
        return failed;
      },
    },
    entries,
  );
  const { serviceManager = noServiceManager } = options;
  const serviceStatus = new ServiceStatus({
    serviceManager,
    watches: config.watches.length,
    ports: () => inbound?.endpoints.length ?? 0,
    nextDueAt: () => scheduler.nextDueAt(),
    clock,
    ...(config.standalone.timeZone === undefined ? {} : { timeZone: config.standalone.timeZone }),
  });
  serviceStatus.tell();
  serviceManager.ready();
  serviceManager.watch(storeQuestion(harbinger.store), signal);
  if (entries.length > 0) {
    log.info("waiting for the next schedule", {
      watches: config.watches.length,
      next: describeInstant(scheduler.nextDueAt(), clock.now()),
    });
    await scheduler.runUntil(signal);
  }
  // Nothing is due any more: what listens goes on listening.
  if (inbound !== undefined) await untilAborted(signal);
  await decoys?.retrying;
  await inbound?.stop();
  await deliveries.stop();
  await housekeeping;
  return { decoysMissing: decoys?.isIncomplete() ?? false };
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

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function jobNameOf(watch: Watch): string {
  return watch.schedule === undefined ? dailyJob : `watch ${watch.name}`;
}

async function jobsOf(harbinger: Harbinger, options: StayOptions): Promise<{ job: Job; lastStart: number }[]> {
  const { config, clock } = harbinger;
  const byName = new Map<string, { job: Job; lastStart: number | undefined }>();
  for (const watch of config.watches) {
    const name = jobNameOf(watch);
    const lastStart = latest(byName.get(name)?.lastStart, await lastStartOf(watch, harbinger));
    byName.set(name, { job: jobOf(watch, config), lastStart });
  }
  const neverRan = options.firstRunAtOnce ? Number.NEGATIVE_INFINITY : clock.now();
  return [...byName.values()].map(({ job, lastStart }) => ({
    job,
    lastStart: options.allAtOnce === true ? Number.NEGATIVE_INFINITY : (lastStart ?? neverRan),
  }));
}

/** From what its next time is reckoned: a watch that waits for its schedule begins to wait when it is first met. */
async function lastStartOf(watch: Watch, { clock, store }: Harbinger): Promise<number | undefined> {
  const [last] = await store.scans.recent({ watch: watch.name, limit: 1 });
  if (last !== undefined) return last.startedAt;
  return watch.onlyOnSchedule === true ? await store.scans.knownSince(watch, clock.now()) : undefined;
}

function jobOf(watch: Watch, config: Config): Job {
  const { timeZone, reportTime } = config.standalone;
  const expression = watch.schedule ?? dailyAt(reportTime);
  return { name: jobNameOf(watch), expression, ...(timeZone === undefined ? {} : { timeZone }) };
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}

function describeInstant(instant: number, now: number): string {
  if (instant <= now) return "now";
  return Number.isFinite(instant) ? new Date(instant).toISOString() : "never";
}
