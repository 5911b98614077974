import { Cron } from "croner";

/**
 * When a job is due. A job is defined by a cron expression and the moment it last started; it is due at the first
 * scheduled time after that. So a time that passed while the machine was off is caught up once, however many were
 * missed, and so is one that a clock which was set forward passed over.
 */
export interface Job {
  readonly name: string;
  /** Five fields, or six with seconds. */
  readonly expression: string;
  /** IANA name; the system's zone where absent. */
  readonly timeZone?: string;
}

/**
 * The first scheduled time after `lastStart`, or `undefined` where the expression never matches again. A time that
 * daylight saving skips is taken at the moment the clock jumps; one that it repeats is taken once.
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
