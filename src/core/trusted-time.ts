const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** Larger steps between two calls are not trusted at once. */
const largestStepMs = 2 * dayMs;
/** Size of the steps towards a time that is further ahead, one step an hour. */
const catchUpMs = dayMs;
/** A little less than an hour, because an hourly call is sometimes a little early. */
const minPauseMs = hourMs - 10 * 60 * 1000;

/** The trusted time, and what the wall clock showed then. */
export interface TrustedTime {
  readonly trustedAt: number;
  readonly seenAt: number;
}

/**
 * The time by which old records may be pruned. A clock that is wrong by years for a while, as on a board without a battery before
 * its first NTP answer, must not lead to pruning everything: after a large jump forward the trusted time advances by a day per hour. A
 * clock that went back is trusted at once.
 * @param before of the last call; `undefined` at the first
 */
export function trustTime(before: TrustedTime | undefined, now: number): TrustedTime {
  if (before === undefined || now <= before.trustedAt + largestStepMs) return { trustedAt: now, seenAt: now };
  const isTooSoon = now >= before.seenAt && now - before.seenAt < minPauseMs;
  if (isTooSoon) return before;
  return { trustedAt: before.trustedAt + catchUpMs, seenAt: now };
}
