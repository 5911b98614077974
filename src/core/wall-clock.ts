import { nearestName } from "./nearest-name.ts";

/** What a clock on the wall shows, each part with its leading zeros: `2026`, `01`, `02`. */
export interface WallClock {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  /** From UTC: `+01:00`. */
  readonly offset: string;
}

/**
 * Reads instants (milliseconds since the epoch) as the wall clock of one time zone. It is prepared once, and then cheap to use.
 * @param timeZone an IANA name; without it the zone of the system
 * @throws RangeError where there is no such zone
 */
export function wallClock(timeZone?: string): (at: number) => WallClock {
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
    for (const { type, value } of format.formatToParts(withinCalendar(at))) part[type] = value;
    return {
      year: (part["year"] ?? "").padStart(4, "0"),
      month: part["month"] ?? "",
      day: part["day"] ?? "",
      hour: part["hour"] ?? "",
      minute: part["minute"] ?? "",
      second: part["second"] ?? "",
      // "GMT+01:00", for UTC "GMT" alone.
      offset: (part["timeZoneName"] ?? "").slice(3) || "+00:00",
    };
  };
}

/** Instants as `2026-01-02 03:04:05`, as {@link wallClock} reads them. */
export function timeStamp(timeZone?: string): (at: number) => string {
  const read = wallClock(timeZone);
  return (at) => {
    const { year, month, day, hour, minute, second } = read(at);
    return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
  };
}

export function isTimeZone(name: string): boolean {
  return canonicalTimeZone(name) !== undefined;
}

/** `europe/berlin` is `Europe/Berlin`, `+0530` is `+05:30`; `undefined` where there is no such zone. */
export function canonicalTimeZone(name: string): string | undefined {
  if (name === "") return undefined;
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** What is wrong with the name of a time zone, with the nearest valid name; `undefined` where it is valid. */
export function timeZoneProblem(name: string): string | undefined {
  if (isTimeZone(name)) return undefined;
  const near = nearestName(name, Intl.supportedValuesOf("timeZone"));
  const hint = near === undefined ? "expected a name such as Europe/Berlin or UTC" : `did you mean ${near}?`;
  return `unknown time zone; ${hint}`;
}

/** What a date can hold, from year 1 to 9999: a damaged row must not keep a message from being written. */
export function withinCalendar(at: number): number {
  if (Number.isNaN(at)) return 0;
  return Math.min(Math.max(at, -62_135_000_000_000), 253_402_000_000_000);
}
