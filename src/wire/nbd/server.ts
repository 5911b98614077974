import { type Greeting, greetingWith } from "../greeting/greeting.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, startsWith } from "../reader.ts";

const nbdMagic = ascii("NBDMAGICIHAVEOPT");

/** Two magic words and the handshake flags. NBD, doc/proto.md, "Newstyle negotiation". */
export function parseNbdGreeting(bytes: Uint8Array): Outcome<Greeting> {
  const magic = startsWith(bytes, nbdMagic);
  if (magic !== "match") return magic === "incomplete" ? incomplete : mismatch;
  return bytes.length < 18 ? incomplete : match(greetingWith("nbd", "NBDMAGIC IHAVEOPT", undefined, undefined));
}
