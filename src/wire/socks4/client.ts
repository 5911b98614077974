import { dottedQuad, isPlain, nonEmpty } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** A request to a SOCKS 4 or 4a proxy, with the destination that the client requests. */
export interface Socks4Request {
  /** `4` or `4a`. */
  readonly version: string;
  readonly command: string;
  /** An address, or in 4a a name. */
  readonly destinationHost: string;
  readonly destinationPort: number;
  readonly userId?: string | undefined;
}

const maxTextBytes = 256;

/**
 * Weak: version 4, CONNECT or BIND, a port, an address and a user id in printable letters.
 * https://www.openssh.com/txt/socks4.protocol and https://www.openssh.com/txt/socks4a.protocol
 */
export function parse(bytes: Uint8Array): Outcome<Socks4Request> {
  const reader = new Reader(bytes);
  if (reader.remaining === 0) return incomplete;
  if (reader.u8() !== 4) return mismatch;
  const command = reader.u8();
  const destinationPort = reader.u16();
  const address = reader.take(4);
  if (bytes.length > 1 && command !== 1 && command !== 2) return mismatch;
  if (reader.overrun) return incomplete;
  if (destinationPort === 0 && command === 1) return mismatch;
  const isNamed = address[0] === 0 && address[1] === 0 && address[2] === 0;
  if (isNamed && address[3] === 0) return mismatch;
  const facts = { command: command === 1 ? "connect" : "bind", destinationPort };
  const userId = text(reader);
  if (typeof userId !== "string") return { kind: userId.kind };
  const known = { ...facts, userId: nonEmpty(userId) };
  if (!isNamed) return match({ version: "4", ...known, destinationHost: dottedQuad(address) });
  const host = text(reader);
  if (typeof host !== "string") return { kind: host.kind };
  return host === "" ? mismatch : match({ version: "4a", ...known, destinationHost: host });
}

function text(reader: Reader): string | { readonly kind: "incomplete" | "mismatch" } {
  const start = reader.offset;
  const value = reader.cString(maxTextBytes);
  if (!reader.overrun) return isPlain(value) ? value : mismatch;
  const arrived = reader.bytes.subarray(start, Math.min(reader.end, start + maxTextBytes));
  if (arrived.length === maxTextBytes) return mismatch;
  return arrived.every((byte) => byte >= 0x20 && byte !== 0x7f) ? incomplete : mismatch;
}

export const socks4 = protocol({
  name: "socks4",
  strength: "weak",
  firstBytes: oneOf(4),
  parse,
  describe: (value) => ({ socks4: { ...value } }),
});
