import { wallClock } from "./wall-clock.ts";
import { zonedInstant } from "./zoned-instant.ts";

/**
 * When a day begins in a time zone, in milliseconds since the epoch: where the clock skips midnight, with the first
 * moment of the day.
 * @param day `2026-01-31`, a day of the calendar
 */
export function dayStart(day: string, timeZone: string): number {
  return zonedInstant(`${day}T00:00`, timeZone);
}

/** The day of the calendar in a time zone: `2026-01-31`. */
export function dayOf(at: number, timeZone: string): string {
  const { year, month, day } = wallClock(timeZone)(at);
  return `${year}-${month}-${day}`;
}

/** The day before another one. */
export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
