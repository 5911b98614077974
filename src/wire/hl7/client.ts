import { nonEmptyFact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** A message between hospital systems (HL7 version 2 over MLLP). Data about patients is not included. */
export interface Hl7Message {
  readonly sendingApplication?: string | undefined;
  readonly sendingFacility?: string | undefined;
  /** `ADT^A01`. */
  readonly message?: string | undefined;
  readonly version?: string | undefined;
}

const opening = ascii("\u000bMSH");
const maxLineBytes = 1024;

/** Proof: a vertical tab, and the segment MSH. HL7 version 2.5.1 section 2.14.9; MLLP, release 1. */
export function parse(bytes: Uint8Array): Outcome<Hl7Message> {
  const agreement = startsWith(bytes, opening);
  if (agreement !== "match") return { kind: agreement };
  const reader = new Reader(bytes, opening.length);
  const separator = String.fromCharCode(reader.u8());
  if (reader.overrun) return incomplete;
  if (!/^[!-/:-@|~^]$/.test(separator)) return mismatch;
  const end = reader.find(0x0d, maxLineBytes);
  if (end === -1) return reader.remaining >= maxLineBytes ? mismatch : match({}, false);
  const fields = reader.text(end - reader.offset).split(separator, 12);
  return match({
    sendingApplication: nonEmptyFact(fields[1]),
    sendingFacility: nonEmptyFact(fields[2]),
    message: nonEmptyFact(fields[7]),
    version: nonEmptyFact(fields[10]),
  });
}

export const hl7 = protocol({
  name: "hl7",
  strength: "strong",
  firstBytes: oneOf(0x0b),
  parse,
  describe: (value) => ({ hl7: { ...value } }),
});
