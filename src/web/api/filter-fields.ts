/** Query parameters that several lists have. A wrong value gets an error that names the parameter. */
import * as z from "zod";
import { addressFromBigInt, parseAddress } from "../../core/address.ts";
import { dayBefore, dayOf, dayStart } from "../../core/day-start.ts";
import { parseMac } from "../../core/device.ts";
import { parseDuration } from "../../core/duration.ts";
import { parseRange } from "../../core/network.ts";
import { zonedInstant } from "../../core/zoned-instant.ts";
import type { WebContext } from "../context.ts";
import { repeated } from "../request-faults.ts";

/** What {@link rangeFilter} reads. */
export const placeForms = "an address (192.168.1.7), a network (192.168.1.0/24) or a range (192.168.1.7-192.168.1.20)";

/** An address, network or range by its first and last address. */
export const rangeFilter = z
  .string()
  .max(100)
  .transform((text, context) => {
    const range = parseRange(text);
    if (range === undefined) return wrong(context, `expected ${placeForms}`);
    const { family, first, last } = range;
    return { first: addressFromBigInt(first, family), last: addressFromBigInt(last, family) };
  })
  .meta({ description: "Address, network (192.168.1.0/24) or range." });

/** A whole number from an address, in decimal digits alone: `0x10`, `1e3`, `+5` and an empty text are none. */
export function wholeNumber(min: number, max: number) {
  return z.preprocess(
    (value) => (typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value),
    z
      .int({
        error: ({ input }) => repeated(input) ?? `expected a whole number in decimal digits, ${numberRange(min, max)}`,
      })
      .min(min)
      .max(max),
  );
}

function numberRange(min: number, max: number): string {
  return max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `from ${min} to ${max}`;
}

/** One of these words, whatever its case. */
export function choiceOf<const Word extends string>(words: readonly Word[]) {
  return z.preprocess((value) => (typeof value === "string" ? value.toLowerCase() : value), z.enum(words));
}

export const portFilter = wholeNumber(1, 65_535).meta({ description: "TCP port." });

/** 32 bits: RFC 6793. */
export const asnFilter = wholeNumber(0, 2 ** 32 - 1).meta({ description: "Number of the autonomous system." });

/** A time as milliseconds since the epoch. */
export function timeFilter({ clock, timeZone }: Pick<WebContext, "clock" | "timeZone">) {
  return z
    .string()
    .max(40)
    .transform((text, context) => {
      const instant = instantOf(text, { now: clock.now(), timeZone: timeZone() });
      return instant ?? wrong(context, `expected ${timeForms}`);
    })
    .meta({
      description: `Time: ${timeForms}. Days, and times without a zone, are those of the configured time zone.`,
    });
}

/** The end of a time span. */
export function untilFilter(context: Pick<WebContext, "clock" | "timeZone">) {
  return timeFilter(context).meta({
    description: `Before this time: ${timeForms}. \`until:2026-02-01\` ends before that day begins, in the configured time zone.`,
  });
}

/** What {@link instantOf} reads. */
export const timeForms =
  "today, yesterday, a date such as 2026-01-31, a time such as 2026-01-31T08:00 or 2026-01-31T08:00:00Z, or how long ago: 90m, 2d";

/** When a request is answered, and in which zone its days begin. */
export interface Moment {
  readonly now: number;
  /** Name of the configured zone. */
  readonly timeZone: string;
}

/** As the commands read it, but in the configured zone: dates, which are the begin of their day, and times without a zone. */
export function instantOf(text: string, { now, timeZone }: Moment): number | undefined {
  const word = text.toLowerCase();
  if (word === "today" || word === "yesterday") {
    const today = dayOf(now, timeZone);
    return dayStart(word === "today" ? today : dayBefore(today), timeZone);
  }
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  if (z.iso.date().safeParse(text).success) return dayStart(text, timeZone);
  if (z.iso.datetime({ offset: true }).safeParse(text).success) return Date.parse(text);
  return z.iso.datetime({ local: true }).safeParse(text).success ? zonedInstant(text, timeZone) : undefined;
}

export const addressFilter = z
  .string()
  .max(100)
  .transform(
    (text, context) => parseAddress(text) ?? wrong(context, "expected an IP address, such as 192.168.1.7 or fd00::7"),
  )
  .meta({ description: "IP address." });

export const stateFilter = choiceOf(["present", "gone", "flapping", "inherited"]).meta({
  description: "State to a watch; `inherited`: imported, and not seen yet.",
});

export const flagFilter = z
  .string()
  .max(10)
  .transform((text, context) => flagValue(text) ?? wrong(context, "expected yes or no"))
  .meta({ description: "`yes` or `no`." });

/** @param name of the flag: written alone in a search it means yes */
export function flagValue(value: string, name = "yes"): boolean | undefined {
  const text = value.toLowerCase();
  if (text === name || text === "yes" || text === "true") return true;
  return text === "no" || text === "false" ? false : undefined;
}

/** A number in a path. */
export const numberParameter = wholeNumber(1, Number.MAX_SAFE_INTEGER);

export const plainText = /^[\x20-\x7e]+$/;

/** Part of a text that the database compares, whatever the case. */
export const partFilter = z.string().max(200).regex(plainText, "expected printable ASCII; search for other texts in q");

export const macFilter = z
  .string()
  .max(40)
  .transform((text, context) => parseMac(text) ?? wrong(context, "expected a MAC address"))
  .meta({ description: "MAC address." });

/** An address, network or range: `address` for one address, `range` for all but an address with its zone. */
export const placeFilter = z
  .string()
  .max(100)
  .transform((text, context) => {
    const address = parseAddress(text);
    const isOfZone = address?.includes("%") === true;
    const range = isOfZone ? undefined : rangeFilter.safeParse(text).data;
    if (address === undefined && range === undefined) return wrong(context, `expected ${placeForms}`);
    return { address, range };
  })
  .meta({ description: "Address, network (192.168.1.0/24) or range." });

/** No name has control characters, and PostgreSQL takes no text with NUL. */
export const nameFilter = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, "expected a name without control characters");

/** A name of ours in lower case, whatever the case of the client. */
export const wordFilter = nameFilter.toLowerCase();

export const watchFilter = nameFilter.meta({ description: "Name of the watch." });

function wrong(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}
