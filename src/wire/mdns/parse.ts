import dnsPacket from "dns-packet";
import { type Address, parseAddress } from "../../core/address.ts";

/**
 * Names in an answer of multicast DNS (RFC 6762), as sent: not made safe, without the final dot. Dots within labels are not
 * distinguished from dots between them.
 */
export interface MdnsAnswer {
  /** PTR records: names of addresses, kinds of services, services. */
  readonly pointers: readonly { readonly name: string; readonly target: string }[];
  /** A and AAAA records. */
  readonly addresses: readonly { readonly host: string; readonly address: Address }[];
  /** SRV records: which host offers a service. */
  readonly services: readonly { readonly service: string; readonly host: string }[];
}

/** RFC 6762 section 17: a message fits into an Ethernet jumbo frame. */
const maxMessageBytes = 9000;
const maxRecords = 512;
const headerBytes = 12;
const responseFlag = 0x80;
/** Name (at least one byte), type, class. */
const minRecordBytes = 5;

/** Reads an answer (RFC 6762 section 18). `undefined` if it is not an answer, or not all of its records are there. */
export function parseMdnsAnswer(bytes: Uint8Array): MdnsAnswer | undefined {
  if (bytes.length < headerBytes || bytes.length > maxMessageBytes) return undefined;
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if ((message.readUInt8(2) & responseFlag) === 0) return undefined;
  // The library allocates as many records as the header claims, before it checks whether they are there.
  const claimed = [4, 6, 8, 10].reduce((sum, at) => sum + message.readUInt16BE(at), 0);
  if (claimed > maxRecords || claimed * minRecordBytes > message.length) return undefined;
  try {
    const decoded = dnsPacket.decode(message);
    // The library reads addresses past the end of the message.
    if (dnsPacket.decode.bytes > message.length) return undefined;
    return sorted([...(decoded.answers ?? []), ...(decoded.additionals ?? [])]);
  } catch {
    return undefined;
  }
}

function sorted(records: readonly dnsPacket.Answer[]): MdnsAnswer {
  const pointers: { name: string; target: string }[] = [];
  const addresses: { host: string; address: Address }[] = [];
  const services: { service: string; host: string }[] = [];
  for (const record of records) {
    if (record.type === "PTR") pointers.push({ name: record.name, target: record.data });
    else if (record.type === "SRV") services.push({ service: record.name, host: record.data.target });
    else if (record.type === "A" || record.type === "AAAA") {
      const address = parseAddress(record.data);
      if (address !== undefined) addresses.push({ host: record.name, address });
    }
  }
  return { pointers, addresses, services };
}

const maxNameBytes = 253;
const maxLabelBytes = 63;

/**
 * A one-shot query (RFC 6762 section 5.1), to be sent from any port by multicast or to one host. It requests a unicast answer
 * (the QU bit, section 5.4).
 * @returns `undefined` if `name` is not possible in DNS
 */
export function mdnsQuestion(name: string, type: "PTR" | "A" | "AAAA" | "SRV", id: number): Uint8Array | undefined {
  const labels = name.split(".");
  const isTooLong = labels.some((label) => label === "" || Buffer.byteLength(label) > maxLabelBytes);
  if (isTooLong || Buffer.byteLength(name) > maxNameBytes) return undefined;
  const message = dnsPacket.encode({ type: "query", id, flags: 0, questions: [{ name, type, class: "IN" }] });
  // The class is the last field.
  message.writeUInt16BE(message.readUInt16BE(message.length - 2) | 0x8000, message.length - 2);
  return message;
}
