/** Query parameters that several lists have. A wrong value gets an error that names the parameter. */
import * as z from "zod";
import { addressFromBigInt } from "../../core/address.ts";
import { parseRange } from "../../core/network.ts";

/** An address, network or range by its first and last address. */
export const rangeFilter = z
  .string()
  .max(100)
  .transform((text, context) => {
    const range = parseRange(text);
    if (range === undefined) return wrong(context, "expected an address, a network or a range");
    const { family, first, last } = range;
    return { first: addressFromBigInt(first, family), last: addressFromBigInt(last, family) };
  })
  .meta({ description: "Address, network (192.168.1.0/24) or range." });

export const portFilter = z.coerce.number().int().min(1).max(65_535).meta({ description: "TCP port." });

/** A time as milliseconds since the epoch. */
export const timeFilter = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .meta({ description: "Time, such as 2026-01-31T08:00:00Z." });

export const nameFilter = z.string().min(1).max(200);

function wrong(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}
