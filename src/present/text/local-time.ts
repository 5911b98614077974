import { timeStamp, wallClock, withinCalendar } from "../../core/wall-clock.ts";

/** Instants (milliseconds since the epoch) as a wall clock of one time zone shows them. */
export interface LocalTime {
  /** `2026-01-02 03:04:05` */
  readonly stamp: (at: number) => string;
  /** `20260102_030405`, for file names. */
  readonly compact: (at: number) => string;
  /** `2026-01-02T03:04:05.678000`: ISO 8601 local time without an offset, in microseconds. */
  readonly precise: (at: number) => string;
}

/** As {@link wallClock} reads it. */
export function localTime(timeZone?: string): LocalTime {
  const read = wallClock(timeZone);
  return {
    stamp: timeStamp(timeZone),
    compact: (at) => {
      const { year, month, day, hour, minute, second } = read(at);
      return `${year}${month}${day}_${hour}${minute}${second}`;
    },
    precise: (at) => {
      const { year, month, day, hour, minute, second } = read(at);
      const milliseconds = String(((Math.trunc(withinCalendar(at)) % 1000) + 1000) % 1000).padStart(3, "0");
      return `${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}000`;
    },
  };
}

/** The instant in UTC as ISO 8601, for machines. */
export function utcTime(at: number): string {
  return new Date(withinCalendar(at)).toISOString();
}
