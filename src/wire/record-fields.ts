/** Reads fields of records from untrusted files. A field of another type counts as absent. */

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that is not empty, cut to 1,000 characters. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const text = value.slice(0, 1000).trim();
  return text === "" ? undefined : text;
}

/** A non-negative whole number, also as text. */
export function wholeNumberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value.trim()) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** Seconds since the epoch, to milliseconds. */
export function epochSecondsOf(value: unknown): number | undefined {
  const seconds = wholeNumberOf(value);
  return seconds === undefined || seconds === 0 || seconds > 99_999_999_999 ? undefined : seconds * 1000;
}

/** RFC 3339 with an offset, in milliseconds since the epoch; smaller fractions are cut off. */
export function instantOf(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})? ?(Z|[+-]\d\d:?\d\d)$/i.exec(value.trim());
  if (match === null) return undefined;
  const offset = match[4]?.toUpperCase() === "Z" ? "Z" : `${match[4]?.slice(0, 3)}:${match[4]?.slice(-2)}`;
  const time = Date.parse(`${match[1]}T${match[2]}${(match[3] ?? "").slice(0, 4)}${offset}`);
  return Number.isNaN(time) ? undefined : time;
}

/** `2024-09-25 14:30:22`, optionally with `T` and a fraction: local time of this machine. With an offset as {@link instantOf}. */
export function localTimeOf(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?$/.exec(value.trim());
  if (match === null) return instantOf(value);
  // Without an offset Date.parse reads this form as local time (ECMA-262, Date Time String Format).
  const seconds = (match[2]?.length ?? 0) > 5 ? match[2] : `${match[2]}:00`;
  const time = Date.parse(`${match[1]}T${seconds}.${(match[3] ?? "").padEnd(3, "0").slice(0, 3)}`);
  return Number.isNaN(time) ? undefined : time;
}
