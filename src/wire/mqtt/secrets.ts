import { Reader } from "../reader.ts";
import type { Secret } from "../secret.ts";
import { readVariableInteger } from "./variable-integer.ts";

/** The password of CONNECT. MQTT 5.0 section 3.1.3.6. */
export function mqttSecrets(bytes: Uint8Array): readonly Secret[] {
  const reader = new Reader(bytes, 0, bytes.length);
  reader.skip(1);
  readVariableInteger(reader);
  reader.skip(reader.u16());
  const level = reader.u8() & 0x7f;
  const flags = reader.u8();
  reader.skip(2);
  if (reader.overrun || (flags & 0x40) === 0) return [];
  const skipProperties = () => level === 5 && reader.skip(readVariableInteger(reader) ?? 0);
  skipProperties();
  reader.skip(reader.u16());
  if ((flags & 0x04) !== 0) {
    skipProperties();
    reader.skip(reader.u16());
    reader.skip(reader.u16());
  }
  if ((flags & 0x80) !== 0) reader.skip(reader.u16());
  const length = reader.u16();
  const start = reader.offset;
  if (reader.overrun) return [];
  const end = Math.min(bytes.length, start + length);
  return end > start ? [{ start, end, text: reader.text(end - start) }] : [];
}
