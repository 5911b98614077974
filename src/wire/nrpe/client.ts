import { fact, isPrintableAscii } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { latin1, Reader } from "../reader.ts";

/** A query to Nagios's Remote Plugin Executor. */
export interface NrpeQuery {
  /** Of the packet: 2, 3, 4. */
  readonly version: number;
  /** `check_load`; `_NRPE_CHECK` asks for the version. */
  readonly command: string;
  /** Arguments of the command, at most 16. */
  readonly arguments?: readonly string[] | undefined;
}

const queryPacket = 1;
/** Buffer of version 2, with two bytes of padding. */
const bufferBytes = 1026;
const maxBytes = 65_536;

/** Proof: a version, a query, and a printable command that ends in NUL. nrpe, include/common.h. */
export function parse(bytes: Uint8Array): Outcome<NrpeQuery> {
  const reader = new Reader(bytes);
  const version = reader.u16();
  const type = reader.u16();
  if (reader.overrun) return bytes.every((byte, at) => byte === [0, byte, 0, 1][at]) ? incomplete : mismatch;
  if (version < 2 || version > 4 || type !== queryPacket) return mismatch;
  // Checksum and result, which a query does not need.
  reader.skip(6);
  let length = bufferBytes;
  if (version > 2) {
    reader.skip(2);
    length = reader.u32();
  }
  if (reader.overrun) return incomplete;
  if (length === 0 || length > maxBytes) return mismatch;
  const buffer = reader.view(length);
  const end = buffer.find(0);
  if (end === -1) {
    return buffer.cut && isPrintableAscii(latin1(bytes, buffer.offset, buffer.end)) ? incomplete : mismatch;
  }
  const text = buffer.text(end - buffer.offset);
  if (text === "" || !isPrintableAscii(text)) return mismatch;
  const [command = "", ...words] = text.split("!");
  return match(
    {
      version,
      command: fact(command),
      arguments: words.length > 0 ? words.slice(0, 16).map((word) => fact(word)) : undefined,
    },
    !buffer.cut,
  );
}

export const nrpe = protocol({
  name: "nrpe",
  strength: "medium",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ nrpe: { ...value } }),
});
