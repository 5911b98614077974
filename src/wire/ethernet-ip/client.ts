import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The first request of an EtherNet/IP client: Rockwell and other controllers. */
export interface EthernetIpRequest {
  readonly command: string;
}

/** The commands that need no session, and the size of their data. */
const commands: ReadonlyMap<number, { readonly name: string; readonly bytes: number }> = new Map([
  [0x04, { name: "list-services", bytes: 0 }],
  [0x63, { name: "list-identity", bytes: 0 }],
  [0x64, { name: "list-interfaces", bytes: 0 }],
  [0x65, { name: "register-session", bytes: 4 }],
]);

/**
 * Proof: a command that needs no session, its length, and zeros for session, status and options.
 * The CIP Networks Library, volume 2, section 2-3.
 */
export function parse(bytes: Uint8Array): Outcome<EthernetIpRequest> {
  const reader = new Reader(bytes);
  const command = commands.get(reader.u16le());
  if (reader.overrun) return incomplete;
  if (command === undefined) return mismatch;
  const length = reader.u16le();
  if (!reader.overrun && length !== command.bytes) return mismatch;
  const session = reader.u32le();
  const status = reader.u32le();
  reader.skip(8);
  const options = reader.u32le();
  if (session !== 0 || status !== 0 || options !== 0) return mismatch;
  if (reader.overrun) return incomplete;
  const value = { command: command.name };
  if (length === 0) return match(value);
  const version = reader.u16le();
  reader.u16();
  if (reader.overrun) return match(value, false);
  return version === 1 ? match(value) : mismatch;
}

export const ethernetIp = protocol({
  name: "ethernet-ip",
  strength: "strong",
  firstBytes: oneOf(0x04, 0x63, 0x64, 0x65),
  parse,
  describe: (value) => ({ "ethernet-ip": { ...value } }),
});
