import type { ConnectionSummary } from "../../core/connection-store.ts";

/** Milliseconds since the epoch; `until` is not included. */
export interface TimeSpan {
  readonly since: number;
  readonly until: number;
}

const hourMs = 3_600_000;

/**
 * The counts of a span by hour or by day, without gaps. A day is one of `timeZone`. Hours are those of UTC: in a zone that is
 * half an hour off, an hour belongs to the day in which it begins.
 */
export function summarySeries(
  hours: ConnectionSummary["hours"],
  { since, until, interval, timeZone }: TimeSpan & { readonly interval: "hour" | "day"; readonly timeZone: string },
): readonly { readonly start: number; readonly count: number }[] {
  const first = Math.floor(since / hourMs);
  const end = Math.ceil(until / hourMs);
  const counts = new Map(hours.map(({ hour, count }) => [hour, count]));
  const series: { start: number; count: number }[] = [];
  let lastDay: string | undefined;
  const days = interval === "day" ? new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }) : undefined;
  for (let hour = first; hour < end; hour++) {
    const count = counts.get(hour) ?? 0;
    const day = days?.format(hour * hourMs) ?? String(hour);
    const last = series.at(-1);
    if (last !== undefined && day === lastDay) last.count += count;
    else series.push({ start: hour * hourMs, count });
    lastDay = day;
  }
  return series;
}
