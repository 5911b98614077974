import { wallClock } from "../../core/wall-clock.ts";
import type { ZonedTime } from "../../present/text/zoned-time.ts";

/** A time for people, with its offset from UTC: `2026-01-31 08:00:00 +01:00`. As {@link wallClock} reads it. */
export function pageTime(timeZone?: string): ZonedTime {
  const read = wallClock(timeZone);
  return (at) => {
    const { year, month, day, hour, minute, second, offset } = read(at);
    return `${year}-${month}-${day} ${hour}:${minute}:${second} ${offset}`;
  };
}
