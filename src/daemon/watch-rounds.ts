import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/config.ts";
import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";
import { OutageLog } from "../core/outage-log.ts";
import type { WatchState } from "../core/running-state.ts";
import { Stopped } from "../core/stopped.ts";
import type { Store } from "../core/store.ts";
import type { Watch } from "../core/watch.ts";
import { notifySections } from "../notify/channel-sections.ts";
import { type OutboundStages, type RunSummary, runWatches } from "../outbound/flow.ts";
import type { Job } from "../outbound/schedule/job.ts";
import { type ScheduledJob, Scheduler } from "../outbound/schedule/scheduler.ts";
import { collectGarbage } from "../platform/collect-garbage.ts";
import { canMail } from "./channels.ts";
import type { Replaceable, Replacement } from "./reload/replacement.ts";
import { WatchInterrupts } from "./watch-interrupts.ts";
import { jobNameOf, jobOf, lastStartOf } from "./watch-jobs.ts";

/** The watches of one configuration, and their stages. */
export interface Outbound {
  readonly config: Config;
  readonly stages: OutboundStages;
}

export interface RoundsOptions {
  /** Creates the stages of a new configuration. */
  readonly outboundOf: (config: Config) => Outbound;
  readonly store: Pick<Store, "scans">;
  readonly clock: Clock;
  readonly log: Log;
  /** Watches that never ran start at once instead of at their next time. */
  readonly firstRunAtOnce: boolean;
  /** Every watch starts at once. */
  readonly allAtOnce?: boolean;
  /** Called after each run. */
  readonly ran?: ((summary: RunSummary) => void) | undefined;
  /** Receives the running watches; an empty list at the end. */
  readonly scanning?: (watches: readonly string[]) => void;
  /** Called with the name of a watch when its run begins, and when it has ended. */
  readonly watchChanged?: (name: string) => void;
  /** Called some seconds after a run. */
  readonly cleanedUp?: () => void;
  /** Whether to wait after the last schedule has ended, because a new configuration may add schedules. */
  readonly waitsForJobs: () => boolean;
}

/** By then most results of a run are delivered and its memory is unused. */
const cleanUpAfterMs = 5000;

/**
 * Runs watches on schedule. A reload replaces them: an unchanged watch keeps its next time, and its run continues. A removed
 * watch, or one with other targets, is stopped: the results so far are stored and reported to its former audience, nothing is
 * marked as missing, and the changed watch starts again at once. A run keeps its settings until it ends.
 */
export class WatchRounds implements Replaceable<Config> {
  readonly #options: RoundsOptions;
  readonly #interrupts: WatchInterrupts;
  readonly #outage: OutageLog;
  #current: Outbound;
  #scheduler: Scheduler | undefined;
  #isFirst = true;

  constructor(first: Outbound, options: RoundsOptions) {
    this.#options = options;
    this.#interrupts = new WatchInterrupts((name) => options.watchChanged?.(name));
    this.#current = first;
    this.#outage = new OutageLog({
      ...options,
      fails: "a run failed; the next run reports its results",
      works: "runs succeed again",
    });
  }

  get current(): Outbound {
    return this.#current;
  }

  /** When the next watch is due; `Infinity` for never. */
  nextDueAt(): number {
    return this.#scheduler?.nextDueAt() ?? Number.POSITIVE_INFINITY;
  }

  /** The configured watches, and what each does now. */
  states(): readonly WatchState[] {
    const dueAt = this.#scheduler?.dueTimes();
    return this.#current.config.watches.map((watch) => ({
      watch,
      isRunning: this.#interrupts.isRunning(watch.name),
      nextAt: finite(dueAt?.get(jobNameOf(watch)), this.#options.clock.now()),
    }));
  }

  /**
   * Runs a watch before its time.
   * @returns `queued`: it starts when the watches that run now have ended; `running`: it runs already
   */
  startNow(name: string): "started" | "queued" | "running" | "unknown" {
    const watch = this.#watch(name);
    if (watch === undefined) return "unknown";
    if (this.#interrupts.isRunning(name) && !this.#interrupts.isStopping(name)) return "running";
    if (this.#scheduler?.makeDue(jobNameOf(watch)) !== true) return "unknown";
    return this.#interrupts.isAnyRunning ? "queued" : "started";
  }

  /**
   * Stops the run of a watch: the results so far are stored and reported, and nothing is marked as missing.
   * @param by who, and by which way: `ann on the pages`
   * @returns `cancelled`: it was queued; `idle`: it neither runs nor is queued
   */
  stopNow(name: string, by: string): "stopping" | "cancelled" | "idle" | "unknown" {
    const watch = this.#watch(name);
    if (watch === undefined) return "unknown";
    const wasQueued = this.#scheduler?.cancelDue(jobNameOf(watch)) === true;
    if (!this.#interrupts.isRunning(name) || this.#interrupts.isStopping(name)) return wasQueued ? "cancelled" : "idle";
    this.#interrupts.stop(name, new Stopped(`stopped by ${by}`));
    return "stopping";
  }

  /** @throws HarbingerError if the store cannot read the last run of the watches */
  async start(): Promise<void> {
    const { allAtOnce, clock, log, waitsForJobs } = this.#options;
    const { config } = this.#current;
    const jobs = await Promise.all(config.watches.map((watch) => this.#scheduled(watch, config)));
    this.#scheduler = new Scheduler(
      { clock, log, waitsForJobs, run: (due, signal) => this.#run(due, signal) },
      allAtOnce === true ? jobs.map(({ job }) => ({ job, lastStart: Number.NEGATIVE_INFINITY })) : jobs,
    );
  }

  /** Returns when `signal` is aborted, or when no watch will be due again. */
  async runUntil(signal: AbortSignal): Promise<void> {
    await this.#scheduler?.runUntil(signal);
  }

  async prepare(config: Config): Promise<Replacement | undefined> {
    const before = this.#current;
    const isUnchanged = isDeepStrictEqual(settingsOf(config), settingsOf(before.config));
    const scheduled = new Map(this.#scheduler?.jobs.map((job) => [job.name, job]));
    const now = this.#options.clock.now();
    const jobs = await Promise.all(
      config.watches.map(async (watch) => {
        const job = jobOf(watch, config);
        const former = scheduled.get(job.name);
        if (isDeepStrictEqual(job, former)) return { job, lastStart: now };
        const { lastStart } = await this.#scheduled(watch, config);
        // A changed schedule counts from now.
        return { job, lastStart: former === undefined || !Number.isFinite(lastStart) ? lastStart : now };
      }),
    );
    const next = isUnchanged ? { ...before, config } : this.#options.outboundOf(config);
    return { commit: () => this.#replaceBy(next, jobs) };
  }

  #replaceBy(next: Outbound, jobs: readonly ScheduledJob[]): void {
    const before = this.#current;
    this.#current = next;
    const stopped = this.#stopChanged(before.config, next.config);
    const known = new Map(this.#scheduler?.jobs.map((job) => [job.name, job]));
    this.#scheduler?.replace(
      jobs.map(({ job, lastStart }) => {
        if (stopped.has(job.name)) return { job, lastStart: Number.NEGATIVE_INFINITY, keeps: false };
        return { job, lastStart, keeps: isDeepStrictEqual(job, known.get(job.name)) };
      }),
    );
  }

  /** @returns the jobs of running watches that were removed or changed */
  #stopChanged(before: Config, next: Config): ReadonlySet<string> {
    const stopped = new Set<string>();
    const kept = new Map(next.watches.map((watch) => [watch.name, watch]));
    for (const watch of before.watches) {
      if (!this.#interrupts.isRunning(watch.name)) continue;
      const now = kept.get(watch.name);
      if (now !== undefined && isDeepStrictEqual(scanSettingsOf(now, next), scanSettingsOf(watch, before))) continue;
      const why =
        now === undefined ? "it was removed from the configuration" : "its settings were changed; it starts again";
      this.#interrupts.stop(watch.name, new Stopped(`stopped because ${why}`));
      stopped.add(jobNameOf(watch));
      this.#options.log.info("stopped a run of a watch", { watch: watch.name, why });
    }
    return stopped;
  }

  #watch(name: string): Watch | undefined {
    return this.#current.config.watches.find((watch) => watch.name === name);
  }

  async #scheduled(watch: Watch, config: Config): Promise<ScheduledJob> {
    const { firstRunAtOnce, clock } = this.#options;
    const neverRan = firstRunAtOnce ? Number.NEGATIVE_INFINITY : clock.now();
    return { job: jobOf(watch, config), lastStart: (await lastStartOf(watch, this.#options)) ?? neverRan };
  }

  async #run(due: readonly Job[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    // At the start all watches may be due at once: an hourly one must not wait for the report of a weekly one.
    const rounds = this.#isFirst ? [...Map.groupBy(due, (job) => job.expression).values()] : [due];
    this.#isFirst = false;
    const failed = new Set<string>();
    for (const round of rounds) {
      const names = new Set(round.map((job) => job.name));
      const { config, stages } = this.#current;
      const watches = config.watches.filter((watch) => names.has(jobNameOf(watch)));
      this.#interrupts.begin(watches);
      this.#options.scanning?.(watches.map(({ name }) => name));
      try {
        const summary = await runWatches(watches, this.#interrupts.over(stages), signal);
        this.#outage.worked();
        if (!signal.aborted) this.#options.ran?.(summary);
        for (const watch of summary.failed) failed.add(jobNameOf(watch));
      } catch (error) {
        this.#outage.failed(error);
        for (const name of names) failed.add(name);
      } finally {
        this.#interrupts.clear();
      }
    }
    this.#options.scanning?.([]);
    void this.#cleanUp(signal);
    return failed;
  }

  async #cleanUp(signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(cleanUpAfterMs, signal);
    if (!signal.aborted) collectGarbage();
    this.#options.cleanedUp?.();
  }
}

/** A time that has passed is now: the run begins as soon as the current one has ended. */
function finite(at: number | undefined, now: number): number | undefined {
  return at === undefined || at === Number.POSITIVE_INFINITY ? undefined : Math.max(at, now);
}

/** Everything that determines the stages. */
function settingsOf(config: Config) {
  const { watches, reports, devices, standalone, scan, scope } = config;
  const pushSections = notifySections(config.channels);
  return { watches, reports, canMail: canMail(config), pushSections, devices, standalone, scan, scope };
}

/** The settings that a run of a watch depends on: all except audience, report layout and schedule. */
function scanSettingsOf(watch: Watch, { scan, scope, devices: { audience: _audience, ...devices } }: Config) {
  const {
    label,
    portLabel,
    recipients,
    notify,
    alwaysPush,
    reportStyle,
    reportOn,
    schedule,
    onlyOnSchedule,
    ...search
  } = watch;
  return { search, scan, scope, devices };
}
