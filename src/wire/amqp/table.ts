import { fact } from "../fact.ts";
import type { Reader } from "../reader.ts";

const maxEntries = 32;

/** Sizes in bytes of fixed-size values, by type. AMQP 0-9-1 section 4.2.1, and RabbitMQ's errata. */
const fixedSizes: Readonly<Record<string, number>> = { t: 1, b: 1, I: 4, i: 4, l: 8, T: 8 };

/** The texts of a field table, up to a value of another type. AMQP 0-9-1 section 4.2.5.5. */
export function readTable(table: Reader): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (let entries = 0; entries < maxEntries && table.remaining > 0; entries++) {
    const name = table.latin1(table.u8());
    const type = String.fromCharCode(table.u8());
    const size = fixedSizes[type];
    if (size !== undefined) table.skip(size);
    else if (type === "F") table.skip(table.u32());
    else if (type !== "S") break;
    else {
      const text = table.text(table.u32());
      if (table.overrun) break;
      texts.set(fact(name), fact(text));
    }
  }
  return texts;
}
