import { type Address, ipv4FromNumber, ipv4ToNumber } from "../../core/address.ts";
import { type Mac, parseMac } from "../../core/device.ts";

/** An ARP packet for IPv4 over Ethernet (RFC 826). */
export interface ArpPacket {
  readonly operation: "request" | "reply";
  readonly senderMac: Mac;
  readonly senderAddress: Address;
  readonly targetAddress: Address;
}

const packetBytes = 28;
const operations = { request: 1, reply: 2 } as const;

/** Reads a packet without its Ethernet header; `undefined` if it is not a request or reply for IPv4 over Ethernet. */
export function parseArp(bytes: Uint8Array): ArpPacket | undefined {
  if (bytes.length < packetBytes) return undefined;
  const packet = Buffer.from(bytes.buffer, bytes.byteOffset, packetBytes);
  // Ethernet, IPv4, and the lengths of their addresses.
  if (packet.readUInt32BE(0) !== 0x0001_0800 || packet.readUInt16BE(4) !== 0x0604) return undefined;
  const code = packet.readUInt16BE(6);
  const senderMac = parseMac(packet.toString("hex", 8, 14));
  if (senderMac === undefined || (code !== operations.request && code !== operations.reply)) return undefined;
  return {
    operation: code === operations.request ? "request" : "reply",
    senderMac,
    senderAddress: ipv4FromNumber(packet.readUInt32BE(14)),
    targetAddress: ipv4FromNumber(packet.readUInt32BE(24)),
  };
}

/** An ARP request for `target` from this machine, to be sent in a broadcast frame. */
export function arpRequest(sender: { readonly mac: Mac; readonly address: Address }, target: Address): Uint8Array {
  const packet = Buffer.alloc(packetBytes);
  packet.writeUInt32BE(0x0001_0800, 0);
  packet.writeUInt16BE(0x0604, 4);
  packet.writeUInt16BE(operations.request, 6);
  packet.write(sender.mac.replaceAll(":", ""), 8, "hex");
  packet.writeUInt32BE(ipv4ToNumber(sender.address), 14);
  packet.writeUInt32BE(ipv4ToNumber(target), 24);
  return packet;
}
