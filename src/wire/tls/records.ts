import { maxInspectedBytes, Reader } from "../reader.ts";

const handshakeRecord = 0x16;
/** RFC 8446 section 5.1: at most 2^14; older versions allow up to 2^14 + 2048. */
const maxFragmentBytes = 16_384 + 2048;

/**
 * The first handshake message of a TLS stream, joined from the records that it spans (RFC 8446 section 5.1). The reader is at the
 * message type; it is cut if the message has not arrived completely.
 */
export function firstHandshakeMessage(bytes: Uint8Array): Reader | "incomplete" | "mismatch" {
  const reader = new Reader(bytes);
  const first = nextFragment(reader);
  if (first === "incomplete" || first === "mismatch") return first;
  // One record contains the whole message, or the capture ends in the first record: no copy is necessary.
  if (first.cut || (first.remaining >= 4 && messageBytes(first) <= first.remaining)) return first;
  if (reader.remaining === 0) return new Reader(bytes, first.offset, first.end, true);

  const joined = new Uint8Array(Math.min(bytes.length, maxInspectedBytes));
  let length = 0;
  for (let fragment = first; ; ) {
    joined.set(bytes.subarray(fragment.offset, fragment.end), length);
    length += fragment.remaining;
    const sofar = new Reader(joined, 0, length, true);
    if (fragment.cut || (length >= 4 && messageBytes(sofar) <= length)) return sofar;
    const next = nextFragment(reader);
    if (next === "incomplete") return sofar;
    // Another record type within a handshake message is forbidden: the message ends early.
    if (next === "mismatch") return new Reader(joined, 0, length, false);
    fragment = next;
  }
}

/** The first record has a version from SSL 3.0 to TLS 1.3: together with the record type that proves TLS. */
export function isOrdinaryRecord(bytes: Uint8Array): boolean {
  const [, major = 3, minor = 0] = bytes;
  return major === 3 && minor <= 4;
}

function nextFragment(reader: Reader): Reader | "incomplete" | "mismatch" {
  const type = reader.peek();
  if (type !== handshakeRecord && type !== -1) return "mismatch";
  // The version of a record is to be ignored (RFC 8446 section 5.1); see `isOrdinaryRecord`.
  reader.skip(3);
  const length = reader.u16();
  if (reader.overrun) return "incomplete";
  if (length === 0 || length > maxFragmentBytes) return "mismatch";
  return reader.view(length);
}

/** Size of the message that starts here, with its header. */
function messageBytes(reader: Reader): number {
  return 4 + reader.peek(1) * 65_536 + reader.peek(2) * 256 + reader.peek(3);
}
