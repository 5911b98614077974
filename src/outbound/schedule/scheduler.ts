import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import { type Job, nextDue } from "./job.ts";

/** Past this the wall clock is read again: after a suspended laptop wakes up, timers are late by the time it slept. */
const longestSleepMs = 30_000;

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
    this.#entries = jobs.map(({ job, lastStart }) => ({ job, dueAt: dueAfter(job, lastStart) }));
  }

  /** Returns when `signal` is aborted, or when no job will ever be due again. */
  async runUntil(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      const now = clock.now();
      const due = this.#entries.filter((entry) => entry.dueAt <= now);
      if (due.length > 0) {
        for (const entry of due) entry.dueAt = dueAfter(entry.job, now);
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

  /** When the next job is due; `Infinity` where none will be. */
  nextDueAt(): number {
    return Math.min(...this.#entries.map((entry) => entry.dueAt));
  }
}

interface Entry {
  readonly job: Job;
  dueAt: number;
}

function dueAfter(job: Job, lastStart: number): number {
  if (lastStart === Number.NEGATIVE_INFINITY) return lastStart;
  return nextDue(job, lastStart) ?? Number.POSITIVE_INFINITY;
}
