import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";

/** The version that an RFB client sends (RFC 6143 section 7.1.1). */
export interface RfbVersion {
  readonly major: number;
  readonly minor: number;
}

const digit = "0123456789";
/** The allowed characters of each of the 12 bytes: `RFB 003.008\n`. */
const shape = ["R", "F", "B", " ", digit, digit, digit, ".", digit, digit, digit, "\n"];

/** Proof: the 12 bytes of ProtocolVersion. RFC 6143 section 7.1.1. */
export function parse(bytes: Uint8Array): Outcome<RfbVersion> {
  const length = Math.min(bytes.length, shape.length);
  for (let at = 0; at < length; at++) {
    if (shape[at]?.includes(String.fromCharCode(bytes[at] ?? 0)) !== true) return mismatch;
  }
  if (length < shape.length) return incomplete;
  return match({ major: threeDigits(bytes, 4), minor: threeDigits(bytes, 8) });
}

function threeDigits(bytes: Uint8Array, offset: number): number {
  let value = 0;
  for (let at = offset; at < offset + 3; at++) value = value * 10 + (bytes[at] ?? 0x30) - 0x30;
  return value;
}

export const vnc = protocol({
  name: "vnc",
  strength: "strong",
  firstBytes: anyOf("R"),
  parse,
  describe: ({ major, minor }) => ({ vnc: { version: `${major}.${minor}` } }),
});
