import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The login of an iSCSI initiator. */
export interface IscsiLogin {
  readonly initiator?: string | undefined;
  readonly target?: string | undefined;
  /** `Discovery` or `Normal`. */
  readonly session?: string | undefined;
}

const immediateLogin = 0x43;
const headerBytes = 48;
const maxTextBytes = 8192;

/** Proof: an immediate login request without additional headers, and text of the form `name=value`. RFC 7143 section 11.12. */
export function parse(bytes: Uint8Array): Outcome<IscsiLogin> {
  const reader = new Reader(bytes);
  if (reader.remaining === 0) return incomplete;
  if (reader.u8() !== immediateLogin) return mismatch;
  const flags = reader.u8();
  const highest = reader.u8();
  const lowest = reader.u8();
  const additional = reader.u8();
  const length = reader.u24();
  // The reserved bits of the flags, both versions and the length of additional headers must be zero.
  if ((flags & 0x30) !== 0 || highest !== 0 || lowest !== 0 || additional !== 0) return mismatch;
  if (reader.overrun) return incomplete;
  if (length < 10 || length > maxTextBytes) return mismatch;
  reader.skip(headerBytes - 8);
  if (reader.overrun) return incomplete;
  const body = reader.view(length);
  const text = body.text(body.remaining);
  if (!/^[A-Z]\w{0,63}(?:=|$)/.test(text)) return text === "" && body.cut ? incomplete : mismatch;
  const pairs = text.split("\0");
  // The last pair may be cut.
  if (body.cut) pairs.pop();
  const values = new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  const initiator = values.get("InitiatorName");
  const target = values.get("TargetName");
  const session = values.get("SessionType");
  return match(
    {
      initiator: fact(initiator),
      target: fact(target),
      session: fact(session),
    },
    !body.cut,
  );
}

export const iscsi = protocol({
  name: "iscsi",
  strength: "medium",
  firstBytes: oneOf(0x43),
  parse,
  describe: (value) => ({ iscsi: { ...value } }),
});
