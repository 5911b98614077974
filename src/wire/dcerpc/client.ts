import { hexText } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The first packet of a DCE/RPC client over TCP: Windows' endpoint mapper and the services behind it. */
export interface DcerpcStart {
  /** `bind` or `alter-context`. */
  readonly packet: string;
  /** The first requested interface: `epmapper`, or its identifier. */
  readonly interface?: string;
}

const packets: Readonly<Record<number, string>> = { 11: "bind", 14: "alter-context" };
const interfaces: Readonly<Record<string, string>> = {
  "e1af8308-5d1f-11c9-91a4-08002b14a0fa": "epmapper",
  "99fcfec4-5260-101b-bbcb-00aa0021347a": "object-exporter",
  "000001a0-0000-0000-c000-000000000046": "system-activator",
  "4d9f4ab8-7d1c-11cf-861e-0020af6e7c57": "activation",
  "367abb81-9844-35f1-ad32-98f038001003": "svcctl",
  "4b324fc8-1670-01d3-1278-5a47bf6ee188": "srvsvc",
  "12345778-1234-abcd-ef00-0123456789ac": "samr",
  "12345778-1234-abcd-ef00-0123456789ab": "lsarpc",
  "12345678-1234-abcd-ef00-01234567cffb": "netlogon",
  "86d35949-83c9-4044-b424-db363231fd0c": "task-scheduler",
  "12345678-1234-abcd-ef00-0123456789ab": "spoolss",
};

/** Proof: version 5.0 or 5.1, a bind, and a data representation that exists. DCE 1.1: RPC (C706), section 12.6. */
export function parse(bytes: Uint8Array): Outcome<DcerpcStart> {
  const reader = new Reader(bytes);
  if (reader.remaining > 0 && reader.peek() !== 5) return mismatch;
  if (reader.peek(1) > 1) return mismatch;
  reader.skip(2);
  const packet = packets[reader.u8()];
  reader.u8();
  const isLittle = reader.u8() === 0x10;
  const floatFormat = reader.u8();
  const padding = reader.u16();
  if (bytes.length > 2 && packet === undefined) return mismatch;
  if (reader.overrun) return incomplete;
  if (packet === undefined || floatFormat !== 0 || padding !== 0) return mismatch;
  const u16 = () => (isLittle ? reader.u16le() : reader.u16());
  const length = u16();
  const authenticationBytes = u16();
  reader.skip(4);
  if (reader.overrun) return incomplete;
  if (length < 28 || authenticationBytes > length) return mismatch;
  const value = { packet };
  // Fragment sizes and the group; the number of contexts; the first context's number and number of transfer syntaxes.
  reader.skip(8);
  const contexts = reader.u8();
  reader.skip(7);
  const identifier = reader.take(16);
  if (reader.overrun) return match(value, false);
  if (contexts === 0) return mismatch;
  const name = uuid(identifier, isLittle);
  return match({ ...value, interface: interfaces[name] ?? name }, reader.end >= length);
}

function uuid(bytes: Uint8Array, isLittle: boolean): string {
  const part = (start: number, end: number) => {
    const field = bytes.slice(start, end);
    return hexText(isLittle && start < 8 ? field.reverse() : field);
  };
  return [part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 16)].join("-");
}

export const dcerpc = protocol({
  name: "dcerpc",
  strength: "strong",
  firstBytes: oneOf(5),
  parse,
  describe: (value) => ({ dcerpc: { ...value } }),
});
