import { withinCalendar } from "../../core/wall-clock.ts";

/** Milliseconds since the epoch as ISO 8601 in UTC. */
export function isoTime(instant: number): string;
/** The same; `undefined` where the time is not known. */
export function isoTime(instant: number | undefined): string | undefined;
export function isoTime(instant: number | undefined): string | undefined {
  return instant === undefined ? undefined : new Date(withinCalendar(instant)).toISOString();
}
