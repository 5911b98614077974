import { fact, isPrintableAscii } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The association request of a DICOM client. */
export interface DicomAssociation {
  /** The called and the calling application entity title. */
  readonly called: string;
  readonly calling: string;
}

const maxBytes = 1_048_576;

/** Proof: an A-ASSOCIATE-RQ of version 1 with two titles in ASCII. DICOM PS3.8 section 9.3.2. */
export function parse(bytes: Uint8Array): Outcome<DicomAssociation> {
  const reader = new Reader(bytes);
  if (reader.remaining === 0) return incomplete;
  const type = reader.u8();
  const reserved = reader.u8();
  if (type !== 1 || reserved !== 0) return mismatch;
  const length = reader.u32();
  if (reader.overrun) return incomplete;
  if (length < 68 || length > maxBytes) return mismatch;
  const body = reader.view(length);
  const version = body.u16();
  const second = body.u16();
  if (body.overrun) return incomplete;
  if (version !== 1 || second !== 0) return mismatch;
  const called = body.latin1(16);
  const calling = body.latin1(16);
  if (body.overrun) return incomplete;
  if (!isPrintableAscii(called + calling) || called.trim() === "" || calling.trim() === "") return mismatch;
  return match({ called: fact(called.trim()), calling: fact(calling.trim()) }, !body.cut);
}

export const dicom = protocol({
  name: "dicom",
  strength: "medium",
  firstBytes: oneOf(1),
  parse,
  describe: (value) => ({ dicom: { ...value } }),
});
