import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The handshake, and VirtualMachine.Version (command set 1, command 1), which is read-only. Java Debug Wire Protocol. */
export const jdwpHandshake = ascii("JDWP-Handshake");
export const jdwpVersion = Uint8Array.of(0, 0, 0, 11, 0, 0, 0, 1, 0, 1, 1);

/** Java Debug Wire Protocol, "JDWP Handshake". */
export function parseJdwpHandshake(bytes: Uint8Array): Outcome<true> {
  const magic = startsWith(bytes, jdwpHandshake);
  return magic === "match" ? match(true) : magic === "incomplete" ? incomplete : mismatch;
}

/** Description, JDWP major and minor version, version and name of the virtual machine. JDWP Protocol, VirtualMachine.Version. */
export function parseJdwpVersion(bytes: Uint8Array): Outcome<{ readonly version: string; readonly name: string }> {
  const reader = new Reader(bytes);
  const length = reader.u32();
  const id = reader.u32();
  const flags = reader.u8();
  const error = reader.u16();
  if (reader.overrun) return incomplete;
  if (id !== 1 || flags !== 0x80 || error !== 0 || length > 4096) return mismatch;
  const body = reader.view(length - 11);
  if (body.cut) return incomplete;
  body.skip(body.u32());
  body.skip(8);
  const version = body.latin1(body.u32());
  const name = body.latin1(body.u32());
  return body.overrun ? mismatch : match({ version: fact(version), name: fact(name) });
}
