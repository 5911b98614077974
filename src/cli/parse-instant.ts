import { parseDuration } from "../core/duration.ts";
import { HarbingerError } from "../core/errors.ts";

/** A date with an optional time, both local unless the time has a zone (RFC 3339). */
const form = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * An instant as people write it: `2026-01-31` (midnight, local time), `2026-01-31T08:00`, `2026-01-31T08:00:00Z`, or
 * how long ago: `90m`, `2d`; `today` and `yesterday` are midnights, too.
 * @throws HarbingerError `usage`
 */
export function parseInstant(text: string, now = Date.now()): number {
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  const day = text.trim().toLowerCase();
  if (day === "today" || day === "yesterday") return midnight(now, day === "today" ? 0 : 1);
  const [, date, time = "00:00", zone = ""] = form.exec(text.trim()) ?? [];
  // JavaScript reads a date without a time as UTC.
  const instant = date === undefined ? Number.NaN : Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  if (!Number.isNaN(instant) && date !== undefined && isInCalendar(date)) return instant;
  throw new HarbingerError("usage", `not a time: ${text}`, {
    remedy: "Write 2026-01-31, 2026-01-31T08:00, today, yesterday, or how long ago: 90m, 2d.",
  });
}

function midnight(now: number, daysBefore: number): number {
  const at = new Date(now);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() - daysBefore).getTime();
}

/**
 * For commander: refuses what is no time, and leaves the reading to the command, which knows the configured time zone then.
 * @throws HarbingerError `usage`
 */
export function instantText(text: string): string {
  parseInstant(text);
  return text;
}

/** What {@link instantText} has let pass. */
export function readInstant(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseInstant(text);
}

/** JavaScript reads 30 February as 2 March. */
function isInCalendar(date: string): boolean {
  return new Date(`${date}T00:00Z`).toISOString().startsWith(date);
}
