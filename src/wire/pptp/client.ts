import { fact, isPrintableAscii, nonEmpty } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** A PPTP client's request for a control connection. */
export interface PptpStart {
  readonly host?: string | undefined;
  readonly vendor?: string | undefined;
}

const messageBytes = 156;
const magicCookie = 0x1a2b3c4d;

/** Proof: the length, the type and the magic cookie of a Start-Control-Connection-Request. RFC 2637 section 2.1. */
export function parse(bytes: Uint8Array): Outcome<PptpStart> {
  const reader = new Reader(bytes);
  const expected: readonly (readonly [number, () => number])[] = [
    [messageBytes, () => reader.u16()],
    [1, () => reader.u16()],
    [magicCookie, () => reader.u32()],
    [1, () => reader.u16()],
  ];
  for (const [value, read] of expected) {
    const found = read();
    if (reader.overrun) return (bytes[0] ?? 0) === 0 ? incomplete : mismatch;
    if (found !== value) return mismatch;
  }
  if (bytes.length < messageBytes) return match({}, false);
  reader.offset = 28;
  const host = textOf(reader.latin1(64));
  const vendor = textOf(reader.latin1(64));
  return match({ host: nonEmpty(host), vendor: nonEmpty(vendor) });
}

function textOf(field: string): string {
  const text = field.split("\0", 1)[0] ?? "";
  return isPrintableAscii(text) ? fact(text) : "";
}

export const pptp = protocol({
  name: "pptp",
  strength: "strong",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ pptp: { ...value } }),
});
