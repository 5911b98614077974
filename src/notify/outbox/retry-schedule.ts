import type { Random } from "../../core/clock.ts";

/**
 * When a failed delivery is retried, and when it becomes a dead letter. A mail queue should retry for at least 4 to 5 days
 * (RFC 5321 section 4.5.4.1).
 */
export interface RetrySchedule {
  /** The wait after the first failure, the second, ...; the last one repeats. Milliseconds. */
  readonly delaysMs: readonly number[];
  /** A delivery is given up when it is older than this and was tried `minAttempts` times. */
  readonly giveUpAfterMs: number;
  /** So that a queue that was stopped for a week, or runs once a day, retries often enough. */
  readonly minAttempts: number;
  /** The longest "retry after" of a server that is respected. */
  readonly maxRetryAfterMs: number;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

export const defaultRetrySchedule: RetrySchedule = {
  delaysMs: [30 * second, minute, 2 * minute, 5 * minute, 10 * minute, 30 * minute, hour, 2 * hour, 4 * hour],
  giveUpAfterMs: 5 * 24 * hour,
  minAttempts: 10,
  maxRetryAfterMs: 24 * hour,
};

/** Waits that double from `firstMs` to `maxMs`. */
export function doublingSchedule(options: {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly giveUpAfterMs: number;
}): RetrySchedule {
  const delaysMs = [Math.min(options.firstMs, options.maxMs)];
  for (let next = options.firstMs * 2; next < options.maxMs && delaysMs.length < 64; next *= 2) delaysMs.push(next);
  if (options.maxMs > options.firstMs) delaysMs.push(options.maxMs);
  return { ...defaultRetrySchedule, delaysMs, giveUpAfterMs: options.giveUpAfterMs };
}

/** The shortest `Retry-After` of a server that is respected. */
const minRetryAfterMs = minute;

export interface FailedAttempt {
  /** Attempts so far, including this one; 1 or more. */
  readonly attempts: number;
  /** When the delivery was created. */
  readonly createdAt: number;
  /** Now. */
  readonly at: number;
  /** What the server asked for. */
  readonly retryAfterMs?: number | undefined;
  /** The lane is closed: see `SendOutcome`. */
  readonly closed?: boolean | undefined;
}

/**
 * One delivery tests a closed lane for all that wait, so it can be tried often: an alert that arrives hours after the server
 * is back is of no use.
 */
const maxClosedDelayMs = 5 * minute;

/** @returns when to try again, milliseconds since the epoch, or `undefined`: give up */
export function nextAttemptAt(schedule: RetrySchedule, failed: FailedAttempt, random: Random): number | undefined {
  const age = failed.at - failed.createdAt;
  if (age >= schedule.giveUpAfterMs && failed.attempts >= schedule.minAttempts) return undefined;
  const step = Math.min(Math.max(failed.attempts, 1), schedule.delaysMs.length) - 1;
  const usual = schedule.delaysMs[step] ?? minute;
  const delay = failed.closed === true ? Math.min(usual, maxClosedDelayMs) : usual;
  if (failed.retryAfterMs !== undefined && Number.isFinite(failed.retryAfterMs)) {
    const asked = Math.min(Math.max(failed.retryAfterMs, Math.min(delay, minRetryAfterMs)), schedule.maxRetryAfterMs);
    // Never earlier than the server asked.
    return failed.at + Math.round(asked * (1 + 0.1 * random.next()));
  }
  // 20 % jitter, so that deliveries that failed together are not retried together.
  return failed.at + Math.round(delay * (0.8 + 0.4 * random.next()));
}
