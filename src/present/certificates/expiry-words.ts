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

/** `ends in 12 days (2026-12-07)`, `ended 3 days ago (2026-11-22)`; the date is that of UTC, as certificates have it. */
export function endsSentence(end: number, now: number): string {
  if (!Number.isFinite(end)) return "its end cannot be read";
  return `${end > now ? "ends" : "ended"} ${whenItEnds(end, now)} (${dateOf(end)})`;
}

/** `2026-12-07` in UTC. */
export function dateOf(instant: number): string {
  return Number.isFinite(instant) ? new Date(withinCalendar(instant)).toISOString().slice(0, 10) : "unknown";
}
