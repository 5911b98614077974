import { withinCalendar } from "../../core/wall-clock.ts";
import { plural } from "../text/plural.ts";

const dayMs = 86_400_000;

/** Whole days until an end; negative once it has passed, `undefined` where it cannot be read. */
export function daysUntil(end: number, now: number): number | undefined {
  return Number.isFinite(end) ? Math.floor((end - now) / dayMs) : undefined;
}

/** `in 12 days`, `within a day`, `3 days ago`. */
export function whenItEnds(end: number, now: number): string {
  if (!Number.isFinite(end)) return "unknown";
  const days = Math.floor(Math.abs(end - now) / dayMs);
  if (end > now) return days === 0 ? "within a day" : `in ${plural(days, "day")}`;
  return days === 0 ? "less than a day ago" : `${plural(days, "day")} ago`;
}

/** `ends in 12 days (2026-12-07 UTC)`, `ended 3 days ago (2026-11-22 UTC)`. */
export function endsSentence(end: number, now: number): string {
  if (!Number.isFinite(end)) return "its end cannot be read";
  return `${end > now ? "ends" : "ended"} ${whenItEnds(end, now)} (${utcDate(end)})`;
}

/**
 * `2026-12-07 UTC`. A certificate has its times in UTC, and a finding about it is read in other zones and stays as it was written: so every date
 * of a certificate is one of UTC, and says so.
 */
export function utcDate(instant: number): string {
  return Number.isFinite(instant) ? `${dateOf(instant)} UTC` : "unknown";
}

/** `2026-12-07` in UTC. */
export function dateOf(instant: number): string {
  return Number.isFinite(instant) ? new Date(withinCalendar(instant)).toISOString().slice(0, 10) : "unknown";
}
