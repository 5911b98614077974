import type { Config } from "../config/config.ts";
import type { Clock } from "../core/clock.ts";
import type { Store } from "../core/store.ts";
import type { Watch } from "../core/watch.ts";
import { dailyAt, type Job, nextDue } from "../outbound/schedule/job.ts";

export interface JobParts {
  readonly clock: Clock;
  readonly store: Pick<Store, "scans">;
}

/** The job of a watch: its own schedule, or the daily time. */
export function jobOf(watch: Watch, { standalone: { timeZone, reportTime } }: Config): Job {
  const expression = watch.schedule ?? dailyAt(reportTime);
  return { name: jobNameOf(watch), expression, timeZone };
}

export function jobNameOf(watch: Watch): string {
  return `watch ${watch.name}`;
}

/** The time from which its next run is computed. A watch that waits for its schedule does so from when it was first seen. */
export async function lastStartOf(watch: Watch, { clock, store }: JobParts): Promise<number | undefined> {
  const [last] = (await store.scans.list({ watch: watch.name, limit: 1 })).rows;
  if (last !== undefined) return last.startedAt;
  return watch.onlyOnSchedule === true ? await store.scans.knownSince(watch, clock.now()) : undefined;
}

/** A watch that waits for its schedule, and its next time; `Infinity`: never. */
export interface WaitingWatch {
  readonly watch: Watch;
  readonly at: number;
}

/** Splits watches into those that a single run includes and those that wait for their schedule. */
export async function dueInCron(config: Config, parts: JobParts) {
  const due: Watch[] = [];
  const waiting: WaitingWatch[] = [];
  // One instant for all: the database may answer slowly.
  const now = parts.clock.now();
  for (const watch of config.watches) {
    const at = watch.onlyOnSchedule === true ? await scheduledAfter(watch) : Number.NEGATIVE_INFINITY;
    if (at <= now) due.push(watch);
    else waiting.push({ watch, at });
  }
  return { due, waiting };

  async function scheduledAfter(watch: Watch): Promise<number> {
    // If the clock was ahead, stored times can be in the future.
    const since = Math.min((await lastStartOf(watch, parts)) ?? now, now);
    return nextDue(jobOf(watch, config), since) ?? Number.POSITIVE_INFINITY;
  }
}
