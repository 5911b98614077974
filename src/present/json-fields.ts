/** Fields that several JSON shapes have. Each schema describes the JSON of the function beside it; programs load only its type. */
import * as z from "zod";

export const address = z.string().meta({ description: "IP address." });
export const port = z.int().min(0).max(65535).meta({ description: "TCP port; 0 together with `everyPort`." });
export const everyPort = z.literal(true).optional().meta({ description: "Every tried port of the host is open." });

export function text(description: string) {
  return z.string().meta({ description });
}

export function time(description: string) {
  return z.iso.datetime().meta({ description });
}

export function count(description: string) {
  return z.int().min(0).meta({ description });
}

export function list<Item extends z.ZodType>(item: Item) {
  return z.array(item).readonly();
}

export function flag(description: string) {
  return z.boolean().meta({ description });
}

/** In place of the device of an address. @param time when they have it, or had it */
export function sharedBy(time: "now" | "then") {
  return list(z.string())
    .optional()
    .meta({
      description: `MAC addresses, where several devices ${time === "then" ? "had" : "have"} the address ${time}: no device is named then.`,
    });
}
