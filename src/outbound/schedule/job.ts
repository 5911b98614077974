import { Cron } from "croner";

/**
 * A job has a cron expression and a time of its last start; it is due at the first scheduled time after that. Times that were
 * missed while the machine was off, or skipped by a clock that was set forward, are made up by one run.
 */
export interface Job {
  readonly name: string;
  /** Five fields, or six with seconds. */
  readonly expression: string;
  /** IANA name; the system's zone where absent. */
  readonly timeZone?: string | undefined;
}

/**
 * The first scheduled time after `lastStart`, or `undefined` where the expression never matches again. A time that
 * daylight saving time skips is due when the clock jumps; one that occurs twice is due once.
 * @param lastStart milliseconds since the epoch
 */
export function nextDue(job: Job, lastStart: number): number | undefined {
  const cron = new Cron(job.expression, job.timeZone === undefined ? {} : { timezone: job.timeZone });
  return cron.nextRun(new Date(lastStart))?.getTime();
}

/** The cron expression of a time of day. */
export function dailyAt(time: { readonly hour: number; readonly minute: number }): string {
  return `${time.minute} ${time.hour} * * *`;
}
