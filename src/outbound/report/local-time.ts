/** Instants (milliseconds since the epoch) as a wall clock of one time zone shows them. */
export interface LocalTime {
  /** `2026-01-02 03:04:05` */
  readonly stamp: (at: number) => string;
  /** `20260102_030405`, for file names. */
  readonly compact: (at: number) => string;
  /** `2026-01-02T03:04:05.678000`: ISO 8601 local time without an offset, in microseconds. */
  readonly precise: (at: number) => string;
}

/**
 * @param timeZone an IANA name; without it the zone of the system
 * @throws RangeError where there is no such zone
 */
export function localTime(timeZone?: string): LocalTime {
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
  });
  const read = (at: number): Readonly<Record<string, string>> =>
    Object.fromEntries(format.formatToParts(within(at)).map(({ type, value }) => [type, value]));
  const digits = (at: number): { readonly date: string[]; readonly time: string[] } => {
    const part = read(at);
    return {
      date: [(part["year"] ?? "").padStart(4, "0"), part["month"] ?? "", part["day"] ?? ""],
      time: [part["hour"] ?? "", part["minute"] ?? "", part["second"] ?? ""],
    };
  };
  return {
    stamp: (at) => {
      const { date, time } = digits(at);
      return `${date.join("-")} ${time.join(":")}`;
    },
    compact: (at) => {
      const { date, time } = digits(at);
      return `${date.join("")}_${time.join("")}`;
    },
    precise: (at) => {
      const { date, time } = digits(at);
      const milliseconds = String(((Math.trunc(within(at)) % 1000) + 1000) % 1000).padStart(3, "0");
      return `${date.join("-")}T${time.join(":")}.${milliseconds}000`;
    },
  };
}

/** The instant in UTC as ISO 8601, for machines. */
export function utcTime(at: number): string {
  return new Date(within(at)).toISOString();
}

/** What a date can hold, from year 1 to 9999: a damaged row must not keep a report from being written. */
function within(at: number): number {
  if (Number.isNaN(at)) return 0;
  return Math.min(Math.max(at, -62_135_000_000_000), 253_402_000_000_000);
}
