import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader } from "../reader.ts";

/** JRMI, version 2, StreamProtocol. Java RMI Specification, section 10.2. */
export const rmiHandshake = Uint8Array.of(...ascii("JRMI"), 0, 2, 0x4b);

/** ProtocolAck, and the client's address as seen by the server. Java RMI Specification, section 10.2. */
export function parseRmiAck(bytes: Uint8Array): Outcome<{ readonly seenFrom: string }> {
  const reader = new Reader(bytes);
  const acknowledgement = reader.u8();
  if (!reader.overrun && acknowledgement !== 0x4e) return mismatch;
  const length = reader.u16();
  if (reader.overrun) return incomplete;
  if (length === 0 || length > 255) return mismatch;
  const host = reader.latin1(length);
  const port = reader.u32();
  if (reader.overrun) return incomplete;
  return port > 65_535 ? mismatch : match({ seenFrom: fact(host) });
}
