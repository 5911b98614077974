import { readElement, readInteger, readSequence } from "../ber.ts";
import { hexText } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** SNMPv3 engine discovery (RFC 3414 section 4): a GetRequest without user and security. It tries no community. */
export const snmpDiscovery = Uint8Array.of(
  ...[0x30, 0x3a, 2, 1, 3, 0x30, 0x0f, 2, 2, 0x4a, 0x69, 2, 3, 0, 0xff, 0xe3, 4, 1, 4, 2, 1, 3],
  ...[4, 0x10, 0x30, 0x0e, 4, 0, 2, 1, 0, 2, 1, 0, 4, 0, 4, 0, 4, 0],
  ...[0x30, 0x12, 4, 0, 4, 0, 0xa0, 0x0c, 2, 2, 0x37, 0xf0, 2, 1, 0, 2, 1, 0, 0x30, 0],
);

/** Vendors by enterprise number (RFC 3411 section 5, SnmpEngineID; IANA, "Private Enterprise Numbers"). */
const makers: ReadonlyMap<number, string> = new Map([
  [2, "IBM"],
  [9, "Cisco"],
  [11, "Hewlett-Packard"],
  [2021, "Net-SNMP"],
  [2636, "Juniper"],
  [4413, "Broadcom"],
  [8072, "Net-SNMP"],
  [14988, "MikroTik"],
  [41112, "Ubiquiti"],
]);

export interface SnmpEngine {
  readonly engine: string;
  readonly maker?: string | undefined;
}

/** The report with the engine id: msgAuthoritativeEngineID in msgSecurityParameters. RFC 3414 sections 2.4 and 4. */
export function parseSnmpReport(bytes: Uint8Array): Outcome<SnmpEngine> {
  const sequence = readSequence(new Reader(bytes));
  if (sequence.kind !== "match") return sequence;
  const message = sequence.value;
  if (message.remaining > 0 && message.peek() !== 2) return mismatch;
  if (message.cut) return incomplete;
  const version = readElement(message);
  if (version === undefined || readInteger(version.contents) !== 3) return mismatch;
  const header = readElement(message);
  const security = header === undefined ? undefined : readElement(message);
  const parameters = security === undefined ? undefined : readElement(security.contents);
  const identifier = parameters === undefined ? undefined : readElement(parameters.contents);
  if (security?.tag !== 4 || identifier?.tag !== 4) return mismatch;
  const { contents } = identifier;
  if (contents.remaining < 5 || contents.remaining > 32) return mismatch;
  const engine = contents.take(contents.remaining);
  const maker = makers.get(new Reader(engine).u32() & 0x7fffffff);
  return match({ engine: hexText(engine), maker });
}
