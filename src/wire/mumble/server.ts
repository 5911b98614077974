import { type Greeting, greetingWith } from "../greeting/greeting.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/**
 * The version that a Mumble server sends after the TLS handshake: type 0, length, and as Protocol Buffers version_v1 (1) and the
 * name of the release (2). https://github.com/mumble-voip/mumble/blob/master/src/Mumble.proto
 */
export function parseMumbleVersion(bytes: Uint8Array): Outcome<Greeting> {
  const reader = new Reader(bytes);
  const type = reader.u16();
  const length = reader.u32();
  if (reader.overrun) return bytes.every((byte) => byte === 0) ? incomplete : mismatch;
  if (type !== 0 || length < 4 || length > 1024) return mismatch;
  if (reader.peek() !== 0x08 && reader.remaining > 0) return mismatch;
  const body = reader.view(length);
  if (body.cut) return incomplete;
  body.skip(1);
  const version = varint(body);
  if (body.overrun || version === undefined) return mismatch;
  const number = `${version >>> 16}.${(version >>> 8) & 0xff}.${version & 0xff}`;
  return match(greetingWith("mumble", `version ${number}`, "Murmur", number));
}

function varint(reader: Reader): number | undefined {
  let value = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = reader.u8();
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return undefined;
}
