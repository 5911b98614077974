import { crc32 } from "node:zlib";
import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader, startsWith } from "../reader.ts";

/** The query `_NRPE_CHECK` in packet version 2, which returns the version and runs no program. nrpe, include/common.h. */
export const nrpeVersionQuery = nrpePacket("_NRPE_CHECK");

function nrpePacket(command: string): Uint8Array {
  const packet = Buffer.alloc(1036);
  packet.writeUInt16BE(2, 0);
  packet.writeUInt16BE(1, 2);
  packet.write(command, 10, "latin1");
  packet.writeUInt32BE(crc32(packet), 4);
  return packet;
}

/** A response of version 2: version, type 2, CRC, result, and text in 1024 bytes. nrpe, include/common.h. */
export function parseNrpeAnswer(
  bytes: Uint8Array,
): Outcome<{ readonly text: string; readonly version?: string | undefined }> {
  const reader = new Reader(bytes);
  const version = reader.u16();
  const type = reader.u16();
  if (reader.overrun) return startsWith(bytes, Uint8Array.of(0, 2, 0, 2)) === "incomplete" ? incomplete : mismatch;
  if (version !== 2 || type !== 2) return mismatch;
  reader.skip(6);
  const text = reader.cString(1024);
  if (reader.overrun) return bytes.length < 1034 ? incomplete : mismatch;
  const number = /^NRPE v(\d[\w.]*)/.exec(text)?.[1];
  return match({ text: fact(text), version: number });
}
