import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import { type Job, nextDue } from "./job.ts";

/** Past this the wall clock is read again: after a suspended laptop wakes up, timers are late by the time it slept. */
const longestSleepMs = 30_000;

/** A clock that is corrected by less is not followed: a job that has just run would run once more. */
const toleratedStepMs = 60_000;

/** A run that failed, because the database was away perhaps, is repeated after this, then after twice as long, up to the other. */
const firstRepetitionMs = 60_000;
const longestRepetitionMs = 60 * 60_000;
/** In a row; what fails for so long waits for its next time. */
const mostRepetitions = 12;

export interface SchedulerOptions {
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Runs the jobs that are due together; the scheduler waits for it. It must not reject.
   * @returns the names of those that failed in a way that passes: they are repeated soon, not at their next time
   */
  readonly run: (due: readonly Job[], signal: AbortSignal) => Promise<ReadonlySet<string>>;
  /** Whether it waits for other jobs where none of its own will ever be due again. Default: it does not. */
  readonly waitsForJobs?: () => boolean;
}

/** A job, and from what its next time is reckoned. */
export interface ScheduledJob {
  readonly job: Job;
  /** The moment of its last start; `-Infinity` makes it due at once. */
  readonly lastStart: number;
}

/**
 * Runs jobs at their times until it is told to stop. Jobs that fall due while others run start right after them, once.
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

  /** The jobs that it runs. */
  get jobs(): readonly Job[] {
    return this.#entries.map(({ job }) => job);
  }

  /**
   * Other jobs from now on, also in the midst of a run.
   * @param next `keeps` where the job of that name goes on: with its next time, and with the repetitions of a failure
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

  /** Returns when `signal` is aborted, or when no job will ever be due again. */
  async runUntil(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      const now = clock.now();
      this.#followClock(now);
      const due = this.#entries.filter((entry) => entry.dueAt <= now);
      if (due.length > 0) {
        for (const entry of due) Object.assign(entry, entryAfter(entry.job, now, now));
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
      await clock.sleep(Math.min(next - now, longestSleepMs), AbortSignal.any([signal, this.#wakeup.signal]));
    }
  }

  /** What failed is due again in a minute, then in two, four ... */
  #noteFailure(entry: Entry, hasFailed: boolean): void {
    entry.failures = hasFailed ? entry.failures + 1 : 0;
    if (!hasFailed || entry.failures > mostRepetitions) return;
    const now = this.#options.clock.now();
    const pauseMs = Math.min(firstRepetitionMs * 2 ** (entry.failures - 1), longestRepetitionMs);
    if (now + pauseMs >= entry.dueAt) return;
    Object.assign(entry, { since: now, dueAt: now + pauseMs });
    this.#options.log.info("a run failed; it is repeated before its next time", {
      job: entry.job.name,
      inSeconds: pauseMs / 1000,
    });
  }

  /** The clock was set back: what was reckoned from an instant that has not come yet is reckoned anew from now. */
  #followClock(now: number): void {
    for (const entry of this.#entries) {
      if (entry.since > now + toleratedStepMs) Object.assign(entry, entryAfter(entry.job, now, now));
    }
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
}

function newEntry({ job, lastStart }: ScheduledJob, now: number): Entry {
  return { ...entryAfter(job, lastStart, now), failures: 0 };
}

/** A last start after `now`, which a clock that was wrong leaves behind, counts as one now. */
function entryAfter(job: Job, lastStart: number, now: number): Omit<Entry, "failures"> {
  if (lastStart === Number.NEGATIVE_INFINITY) return { job, since: lastStart, dueAt: lastStart };
  const since = Math.min(lastStart, now);
  return { job, since, dueAt: nextDue(job, since) ?? Number.POSITIVE_INFINITY };
}
