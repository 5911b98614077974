import { wallClock } from "./wall-clock.ts";

/**
 * The instant at which the clock of a time zone shows a time, in milliseconds since the epoch: of two, the first one. Of a time that the clock
 * skips, the one as long after the skip began.
 * @param local `2026-01-31T08:00`, with or without seconds
 * @returns NaN where it is no time
 */
export function zonedInstant(local: string, timeZone: string): number {
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc)) return Number.NaN;
  const read = wallClock(timeZone);
  const shownAt = (at: number) => {
    const { year, month, day, hour, minute, second } = read(at);
    return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  };
  const dayMs = 86_400_000;
  // The offsets of the day before and the day after: a zone changes its own at most once in between.
  const offsets = [asUtc - dayMs, asUtc + dayMs].map((at) => shownAt(at) - at);
  const candidates = offsets.map((offset) => asUtc - offset).sort((one, other) => one - other);
  return candidates.find((at) => shownAt(at) === asUtc) ?? candidates.at(-1) ?? Number.NaN;
}
