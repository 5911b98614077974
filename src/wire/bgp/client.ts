import { dottedQuad } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The OPEN message of a BGP speaker. */
export interface BgpOpen {
  readonly autonomousSystem: number;
  readonly holdSeconds: number;
  /** Its identifier, written as an IPv4 address. */
  readonly router: string;
}

const markerBytes = 16;
const openMessage = 1;

/** Proof: a marker of sixteen bytes of ones, and OPEN of version 4. RFC 4271 section 4.2. */
export function parse(bytes: Uint8Array): Outcome<BgpOpen> {
  const reader = new Reader(bytes);
  for (let at = 0; at < markerBytes; at++) {
    if (reader.remaining === 0) return incomplete;
    if (reader.u8() !== 0xff) return mismatch;
  }
  const length = reader.u16();
  const type = reader.u8();
  const version = reader.u8();
  if (reader.overrun) return incomplete;
  if (length < 29 || length > 4096 || type !== openMessage || version !== 4) return mismatch;
  const body = reader.view(length - 20);
  const autonomousSystem = body.u16();
  const holdSeconds = body.u16();
  const router = dottedQuad(body.take(4));
  if (body.overrun) return incomplete;
  return match({ autonomousSystem, holdSeconds, router }, !body.cut);
}

export const bgp = protocol({
  name: "bgp",
  strength: "strong",
  firstBytes: oneOf(0xff),
  parse,
  describe: (value) => ({ bgp: { ...value } }),
});
