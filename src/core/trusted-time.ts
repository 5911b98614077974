const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** Larger steps between two looks are not believed at once. */
const largestStepMs = 2 * dayMs;
/** Steps in which a time that lies further ahead is approached, one an hour. */
const catchUpMs = dayMs;
/** A little less than an hour, for a look each hour comes a little early now and then. */
const minPauseMs = hourMs - 10 * 60 * 1000;

/** What time was believed to be, and what the wall clock showed then. */
export interface TrustedTime {
  readonly trustedAt: number;
  readonly seenAt: number;
}

/**
 * The time by which old records may be forgotten. A clock that is wrong by years once, as on a board without a battery before it has
 * asked the network, must not forget everything: a time far ahead of the last one is approached by a day an hour. A clock that went
 * back is believed at once.
 * @param before from the last look; `undefined` at the first
 */
export function trustTime(before: TrustedTime | undefined, now: number): TrustedTime {
  if (before === undefined || now <= before.trustedAt + largestStepMs) return { trustedAt: now, seenAt: now };
  const isTooSoon = now >= before.seenAt && now - before.seenAt < minPauseMs;
  if (isTooSoon) return before;
  return { trustedAt: before.trustedAt + catchUpMs, seenAt: now };
}
