import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import { type Job, nextDue } from "./job.ts";

/** Maximum time until the wall clock is read again: timers do not run while a laptop is suspended. */
const maxSleepMs = 30_000;

/** Smaller corrections of the clock are ignored: a job that has just run would run again. */
const toleratedStepMs = 60_000;

/** A failed run (a database that was down) is repeated after the first time, then after twice as long, up to the second. */
const firstRepetitionMs = 60_000;
const maxRepetitionMs = 60 * 60_000;
/** In a row; after that the job waits for its next scheduled time. */
const maxRepetitions = 12;

export interface SchedulerOptions {
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Runs the jobs that are due together; the scheduler waits for it. It must not reject.
   * @returns the names of jobs with a temporary failure: they are repeated soon, not at their next scheduled time
   */
  readonly run: (due: readonly Job[], signal: AbortSignal) => Promise<ReadonlySet<string>>;
  /** Whether to keep waiting for new jobs when no job will ever be due again. Default: false. */
  readonly waitsForJobs?: () => boolean;
}

/** A job, and the time from which its next run is calculated. */
export interface ScheduledJob {
  readonly job: Job;
  /** Time of its last start; `-Infinity` makes it due at once. */
  readonly lastStart: number;
}

/**
 * Runs jobs at their scheduled times until stopped. Jobs that become due while others run start once, right after them.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  #entries: readonly Entry[];
  #wakeup = new AbortController();

  constructor(options: SchedulerOptions, jobs: readonly ScheduledJob[]) {
    this.#options = options;
    const now = options.clock.now();
    this.#entries = jobs.map((scheduled) => newEntry(scheduled, now));
  }

  get jobs(): readonly Job[] {
    return this.#entries.map(({ job }) => job);
  }

  /**
   * Replaces the jobs, also during a run.
   * @param next `keeps`: a job of that name keeps its next time and the repetitions of a failure
   */
  replace(next: readonly (ScheduledJob & { readonly keeps: boolean })[]): void {
    const now = this.#options.clock.now();
    const known = new Map(this.#entries.map((entry) => [entry.job.name, entry]));
    this.#entries = next.map(({ keeps, ...scheduled }) => {
      const entry = keeps ? known.get(scheduled.job.name) : undefined;
      return entry ?? newEntry(scheduled, now);
    });
    this.#wakeup.abort();
    this.#wakeup = new AbortController();
  }

  /** Makes a job due now. Its next scheduled time stays as it is. @returns whether there is such a job */
  makeDue(name: string): boolean {
    const entry = this.#entries.find(({ job }) => job.name === name);
    if (entry === undefined) return false;
    entry.isRequested = true;
    this.#wakeup.abort();
    this.#wakeup = new AbortController();
    return true;
  }

  /** @returns whether {@link makeDue} had made it due, and it had not started yet */
  cancelDue(name: string): boolean {
    const entry = this.#entries.find(({ job }) => job.name === name);
    if (entry?.isRequested !== true) return false;
    entry.isRequested = false;
    return true;
  }

  /** Returns when `signal` is aborted, or when no job will ever be due again. */
  async runUntil(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      const now = clock.now();
      this.#followClock(now);
      const due = this.#entries.filter((entry) => entry.isRequested || entry.dueAt <= now);
      if (due.length > 0) {
        for (const entry of due) Object.assign(entry, entryAfter(entry.job, now, now), { isRequested: false });
        const failed = await this.#options.run(
          due.map((entry) => entry.job),
          signal,
        );
        for (const entry of due) this.#noteFailure(entry, failed.has(entry.job.name));
        continue;
      }
      const next = this.nextDueAt();
      if (!Number.isFinite(next) && this.#options.waitsForJobs?.() !== true) {
        log.warn("no schedule will ever be due again");
        return;
      }
      await clock.sleep(Math.min(next - now, maxSleepMs), AbortSignal.any([signal, this.#wakeup.signal]));
    }
  }

  /** A failed job is due again in one minute, then two, four ... */
  #noteFailure(entry: Entry, hasFailed: boolean): void {
    entry.failures = hasFailed ? entry.failures + 1 : 0;
    if (!hasFailed || entry.failures > maxRepetitions) return;
    const now = this.#options.clock.now();
    const pauseMs = Math.min(firstRepetitionMs * 2 ** (entry.failures - 1), maxRepetitionMs);
    if (now + pauseMs >= entry.dueAt) return;
    Object.assign(entry, { since: now, dueAt: now + pauseMs });
    this.#options.log.info("a run failed; it is repeated before its next time", {
      job: entry.job.name,
      inSeconds: pauseMs / 1000,
    });
  }

  /** After the clock was set back: times that were calculated from an instant in the future are calculated again from now. */
  #followClock(now: number): void {
    for (const entry of this.#entries) {
      if (entry.since > now + toleratedStepMs) Object.assign(entry, entryAfter(entry.job, now, now));
    }
  }

  /** When each job is due next, by its name: `Infinity` for never. */
  dueTimes(): ReadonlyMap<string, number> {
    return new Map(this.#entries.map(({ job, dueAt }) => [job.name, dueAt]));
  }

  /** When the next job is due; `Infinity` where none will be. */
  nextDueAt(): number {
    return Math.min(...this.#entries.map((entry) => entry.dueAt));
  }
}

interface Entry {
  readonly job: Job;
  /** The last start, from which `dueAt` follows. */
  since: number;
  dueAt: number;
  /** In a row. */
  failures: number;
  /** Due at once, whatever its schedule says. */
  isRequested: boolean;
}

function newEntry({ job, lastStart }: ScheduledJob, now: number): Entry {
  return { ...entryAfter(job, lastStart, now), failures: 0, isRequested: false };
}

/** A last start after `now`, from a clock that was wrong, counts as `now`. */
function entryAfter(job: Job, lastStart: number, now: number): Omit<Entry, "failures" | "isRequested"> {
  if (lastStart === Number.NEGATIVE_INFINITY) return { job, since: lastStart, dueAt: lastStart };
  const since = Math.min(lastStart, now);
  return { job, since, dueAt: nextDue(job, since) ?? Number.POSITIVE_INFINITY };
}
