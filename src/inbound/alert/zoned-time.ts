/** An instant as one time zone tells it, with its offset: `2026-01-31T08:00:00+01:00` (ISO 8601, RFC 3339). */
export type ZonedTime = (at: number) => string;

/**
 * @param timeZone an IANA name; without it the zone of the system
 * @throws RangeError where there is no such zone
 */
export function zonedTime(timeZone?: string): ZonedTime {
  const format = new Intl.DateTimeFormat("en-GB", {
    ...(timeZone === undefined ? {} : { timeZone }),
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "longOffset",
  });
  return (at) => {
    const part: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(within(at))) part[type] = value;
    const year = (part["year"] ?? "").padStart(4, "0");
    // "GMT+01:00", for UTC "GMT" alone.
    const offset = (part["timeZoneName"] ?? "").slice(3) || "+00:00";
    return `${year}-${part["month"]}-${part["day"]}T${part["hour"]}:${part["minute"]}:${part["second"]}${offset}`;
  };
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What a date can hold, from year 1 to 9999. */
function within(at: number): number {
  if (Number.isNaN(at)) return 0;
  return Math.min(Math.max(at, -62_135_000_000_000), 253_402_000_000_000);
}
