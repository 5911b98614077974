import { incomplete, match, mismatch, type Outcome } from "./outcome.ts";
import type { Reader } from "./reader.ts";

/** One element of the Basic Encoding Rules: its tag and its contents. ITU-T X.690. */
export interface BerElement {
  readonly tag: number;
  readonly contents: Reader;
}

/**
 * Reads one element with a tag of one byte and a definite length. `undefined` if there is none: bytes are missing if the
 * reader has an `overrun`, otherwise the element has another form.
 */
export function readElement(reader: Reader): BerElement | undefined {
  const tag = reader.u8();
  if (reader.overrun || (tag & 0x1f) === 0x1f) return undefined;
  let length = reader.u8();
  if (length >= 0x80) {
    const lengthBytes = length & 0x7f;
    // 0x80 is the indefinite form, which LDAP and Kerberos forbid.
    if (lengthBytes === 0 || lengthBytes > 4) return undefined;
    length = 0;
    for (let at = 0; at < lengthBytes; at++) length = length * 256 + reader.u8();
  }
  if (reader.overrun) return undefined;
  const contents = reader.view(length);
  return reader.overrun ? undefined : { tag, contents };
}

const sequenceTag = 0x30;

/** The contents of a message that is one sequence, as in LDAP (RFC 4511 section 4.1.1) and SNMP (RFC 3416 section 3). */
export function readSequence(reader: Reader): Outcome<Reader> {
  if (reader.remaining === 0) return incomplete;
  if (reader.peek() !== sequenceTag) return mismatch;
  const message = readElement(reader);
  if (message === undefined) return reader.overrun ? { kind: reader.failed() } : mismatch;
  return match(message.contents);
}

/** The contents as a non-negative integer of at most four bytes, otherwise `undefined`. */
export function readInteger(contents: Reader): number | undefined {
  if (contents.remaining < 1 || contents.remaining > 4 || contents.peek() >= 0x80) return undefined;
  let value = 0;
  while (contents.remaining > 0) value = value * 256 + contents.u8();
  return value;
}
