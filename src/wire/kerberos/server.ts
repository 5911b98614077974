import { readElement, readInteger } from "../ber.ts";
import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader } from "../reader.ts";

/**
 * An AS-REQ over TCP (RFC 4120 sections 5.4.1 and 7.2.2) for a principal that does not exist, without pre-authentication: no
 * login.
 */

const tlv = (tag: number, ...content: readonly (number | Uint8Array)[]): Uint8Array => {
  const body = Buffer.concat(content.map((part) => (typeof part === "number" ? Uint8Array.of(part) : part)));
  const length = body.length < 128 ? [body.length] : [0x81, body.length];
  return Buffer.concat([Uint8Array.of(tag, ...length), body]);
};
const text = (value: string) => tlv(0x1b, ascii(value));
const integer = (value: number) => tlv(0x02, value);
const name = (type: number, ...parts: readonly string[]) =>
  tlv(0x30, tlv(0xa0, integer(type)), tlv(0xa1, tlv(0x30, ...parts.map(text))));

/** A realm that does not exist. */
export const kerberosRealm = "HARBINGER.INVALID";

function asReq(): Uint8Array {
  const realm = kerberosRealm;
  const body = tlv(
    0x30,
    tlv(0xa0, tlv(0x03, 0, 0, 0, 0, 0)),
    tlv(0xa1, name(1, "harbinger")),
    tlv(0xa2, text(realm)),
    tlv(0xa3, name(2, "krbtgt", realm)),
    tlv(0xa5, tlv(0x18, ascii("19700101000000Z"))),
    tlv(0xa7, tlv(0x02, 0x1f, 0x1e, 0xb9, 0xd9)),
    tlv(0xa8, tlv(0x30, integer(18), integer(17), integer(23))),
  );
  const message = tlv(0x6a, tlv(0x30, tlv(0xa1, integer(5)), tlv(0xa2, integer(10)), tlv(0xa4, body)));
  return Buffer.concat([Uint8Array.of(0, 0, message.length >> 8, message.length & 0xff), message]);
}

export const kerberosAsReq: Uint8Array = asReq();

export interface KerberosError {
  /** RFC 4120 section 7.5.9: 6 for an unknown client, 68 for a wrong realm. */
  readonly code: number;
  readonly realm?: string | undefined;
  /** Free text, in MIT Kerberos LOOKING_UP_CLIENT or CLIENT_NOT_FOUND. */
  readonly text?: string | undefined;
}

/** KRB-ERROR (RFC 4120 section 5.9.1). */
export function parseKerberosError(bytes: Uint8Array): Outcome<KerberosError> {
  const reader = new Reader(bytes);
  const length = reader.u32();
  if (reader.overrun) return (bytes[0] ?? 0) === 0 && (bytes[1] ?? 0) === 0 ? incomplete : mismatch;
  if (length < 20 || length > 4096) return mismatch;
  const message = reader.view(length);
  if (message.remaining > 0 && message.peek() !== 0x7e) return mismatch;
  if (message.cut) return incomplete;
  const sequence = readElement(readElement(message)?.contents ?? message);
  if (sequence?.tag !== 0x30) return mismatch;
  const found = new Map<number, Reader>();
  while (sequence.contents.remaining > 0 && found.size < 16) {
    const field = readElement(sequence.contents);
    if (field === undefined) return mismatch;
    found.set(field.tag, field.contents);
  }
  const code = numberIn(found.get(0xa6));
  if (numberIn(found.get(0xa1)) !== 30 || code === undefined) return mismatch;
  const realm = textIn(found.get(0xa9));
  const text = textIn(found.get(0xab));
  return match({
    code,
    realm: fact(realm),
    text: fact(text),
  });
}

function numberIn(field: Reader | undefined): number | undefined {
  const number = field === undefined ? undefined : readElement(field);
  return number?.tag === 0x02 ? readInteger(number.contents) : undefined;
}

function textIn(field: Reader | undefined): string | undefined {
  const text = field === undefined ? undefined : readElement(field);
  return text?.tag === 0x1b ? text.contents.text(text.contents.remaining) : undefined;
}
