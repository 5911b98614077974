import type { Reader } from "../reader.ts";

/** MQTT 5.0 section 1.5.5: seven bits per byte, the lowest first. `undefined` if it has more than four bytes. */
export function readVariableInteger(reader: Reader): number | undefined {
  let value = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = reader.u8();
    value += (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return undefined;
}
