import { match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The handshake of a Java debugger. */
export interface JdwpHandshake {
  /** The first command, if the client does not wait for the answer: `VirtualMachine.IDSizes`; `9.1` if it has no name here. */
  readonly command?: string;
}

const handshake = ascii("JDWP-Handshake");
const commands: Readonly<Record<string, string>> = {
  "1.1": "VirtualMachine.Version",
  "1.2": "VirtualMachine.ClassesBySignature",
  "1.3": "VirtualMachine.AllClasses",
  "1.4": "VirtualMachine.AllThreads",
  "1.7": "VirtualMachine.IDSizes",
  "1.9": "VirtualMachine.Resume",
  "1.11": "VirtualMachine.CreateString",
  "3.3": "ClassType.InvokeMethod",
  "15.1": "EventRequest.Set",
};

/** Proof: the fourteen bytes of the handshake. Java Debug Wire Protocol, "JDWP Handshake" and "JDWP Packets". */
export function parse(bytes: Uint8Array): Outcome<JdwpHandshake> {
  const agreement = startsWith(bytes, handshake);
  if (agreement !== "match") return { kind: agreement };
  const reader = new Reader(bytes, handshake.length);
  if (reader.remaining === 0) return match({});
  const length = reader.u32();
  reader.skip(4);
  const flags = reader.u8();
  const key = `${reader.u8()}.${reader.u8()}`;
  if (reader.overrun) return match({}, false);
  return length < 11 || flags !== 0 ? mismatch : match({ command: commands[key] ?? key });
}

export const jdwp = protocol({
  name: "jdwp",
  strength: "strong",
  firstBytes: anyOf("J"),
  parse,
  describe: (value) => ({ jdwp: { ...value } }),
});
