import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** A message of CORBA (IIOP). WebLogic accepts it too. */
export interface GiopMessage {
  /** `1.2`. */
  readonly version: string;
  readonly message: string;
  /** Size of the rest of the message. */
  readonly bodyBytes: number;
}

const magic = ascii("GIOP");
const messages: Readonly<Record<number, string>> = {
  0: "Request",
  2: "CancelRequest",
  3: "LocateRequest",
  5: "CloseConnection",
  6: "MessageError",
  7: "Fragment",
};

/** Proof: `GIOP`, version 1 and a message that a client may send. CORBA 3.3 part 2, section 9.4.1. */
export function parse(bytes: Uint8Array): Outcome<GiopMessage> {
  const agreement = startsWith(bytes, magic);
  if (agreement !== "match") return { kind: agreement };
  const reader = new Reader(bytes, magic.length);
  const major = reader.u8();
  const minor = reader.u8();
  const flags = reader.u8();
  const message = messages[reader.u8()];
  if (reader.overrun) return incomplete;
  if (major !== 1 || minor > 4 || message === undefined) return mismatch;
  const bodyBytes = (flags & 1) === 1 ? reader.u32le() : reader.u32();
  if (reader.overrun) return incomplete;
  return match({ version: `${major}.${minor}`, message, bodyBytes }, reader.remaining >= bodyBytes);
}

export const giop = protocol({
  name: "giop",
  strength: "strong",
  firstBytes: anyOf("G"),
  parse,
  describe: (value) => ({ giop: { ...value } }),
});
