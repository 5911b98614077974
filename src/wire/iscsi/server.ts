import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { latin1, Reader } from "../reader.ts";

/**
 * A Login Request for discovery that stays in the security negotiation stage: the target names the authentication that it
 * requires, and no login takes place. RFC 7143 section 11.12.
 */
export const iscsiNegotiation: Uint8Array = loginRequest(
  "InitiatorName=iqn.2024-01.invalid.harbinger:discovery\0SessionType=Discovery\0AuthMethod=None,CHAP\0",
);

function loginRequest(text: string): Uint8Array {
  const padded = Buffer.alloc((text.length + 3) & ~3);
  padded.write(text, "latin1");
  const header = Buffer.alloc(48);
  header[0] = 0x43;
  header.writeUIntBE(text.length, 5, 3);
  // A random initiator session identifier (section 11.12.5).
  header.set([0x80, 0x48, 0x41, 0x52], 8);
  header.writeUInt32BE(1, 16);
  return Buffer.concat([header, padded]);
}

export interface IscsiAnswer {
  /** RFC 7143, 11.13.5: 0 is success, 2 an error of the initiator; detail 1 is authentication. */
  readonly statusClass: number;
  readonly statusDetail: number;
  readonly authentication?: string | undefined;
}

/** Login Response. RFC 7143 section 11.13. */
export function parseIscsiAnswer(bytes: Uint8Array): Outcome<IscsiAnswer> {
  const reader = new Reader(bytes);
  const opcode = reader.u8() & 0x3f;
  if (!reader.overrun && opcode !== 0x23) return mismatch;
  reader.skip(4);
  const length = reader.u24();
  reader.skip(28);
  const statusClass = reader.u8();
  const statusDetail = reader.u8();
  reader.skip(10);
  if (reader.overrun) return incomplete;
  if (length > 8192 || statusClass > 3) return mismatch;
  if (reader.remaining < length) return incomplete;
  const pairs = latin1(bytes, reader.offset, reader.offset + length).split("\0", 64);
  const method = pairs.find((pair) => pair.startsWith("AuthMethod="))?.slice(11);
  return match({ statusClass, statusDetail, authentication: fact(method) });
}
