import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import { type Job, nextDue } from "./job.ts";

/** Past this the wall clock is read again: after a suspended laptop wakes up, timers are late by the time it slept. */
const longestSleepMs = 30_000;

/** A clock that is corrected by less is not followed: a job that has just run would run once more. */
const toleratedStepMs = 60_000;

export interface SchedulerOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Runs the jobs that are due together; the scheduler waits for it. It must not reject. */
  readonly run: (due: readonly Job[], signal: AbortSignal) => Promise<void>;
}

/**
 * Runs jobs at their times until it is told to stop. Jobs that fall due while others run start right after them, once.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #entries: Entry[];

  /** @param jobs each with the moment of its last start; `-Infinity` makes it due at once */
  constructor(options: SchedulerOptions, jobs: readonly { readonly job: Job; readonly lastStart: number }[]) {
    this.#options = options;
    const now = options.clock.now();
    this.#entries = jobs.map(({ job, lastStart }) => entryAfter(job, lastStart, now));
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
        await this.#options.run(
          due.map((entry) => entry.job),
          signal,
        );
        continue;
      }
      const next = this.nextDueAt();
      if (!Number.isFinite(next)) {
        log.warn("no schedule will ever be due again");
        return;
      }
      await clock.sleep(Math.min(next - now, longestSleepMs), signal);
    }
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
}

/** A last start after `now`, which a clock that was wrong leaves behind, counts as one now. */
function entryAfter(job: Job, lastStart: number, now: number): Entry {
  if (lastStart === Number.NEGATIVE_INFINITY) return { job, since: lastStart, dueAt: lastStart };
  const since = Math.min(lastStart, now);
  return { job, since, dueAt: nextDue(job, since) ?? Number.POSITIVE_INFINITY };
}
