import { wallClock } from "../../core/wall-clock.ts";

/** An instant in one time zone, with its offset: `2026-01-31T08:00:00+01:00` (ISO 8601, RFC 3339). */
export type ZonedTime = (at: number) => string;

/** As {@link wallClock} reads it. */
export function zonedTime(timeZone?: string): ZonedTime {
  const read = wallClock(timeZone);
  return (at) => {
    const { year, month, day, hour, minute, second, offset } = read(at);
    return `${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`;
  };
}
