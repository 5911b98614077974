import { type Address, addressToBigInt } from "../../core/address.ts";
import { type Mac, parseMac } from "../../core/device.ts";
import { icmp6Checksum } from "./checksum.ts";

export interface Icmp6Sender {
  readonly address: Address;
  readonly mac: Mac;
}

/** A packet from its IPv6 header on, and the MAC address for its frame. */
export interface Icmp6Packet {
  readonly bytes: Uint8Array;
  readonly destination: Mac;
}

/** All nodes of the link (RFC 4291 section 2.7.1). */
const allNodes = octets("ff02000000000000000000000000" + "0001");

/** Asks for the MAC address of `target`, in its solicited-node multicast group (RFC 4861 sections 4.3 and 2.3). */
export function neighbourSolicitation(sender: Icmp6Sender, target: Address): Icmp6Packet {
  const targetBytes = addressBytes(target);
  const group = Buffer.concat([octets("ff0200000000000000000001ff"), targetBytes.subarray(13)]);
  // Type 135, with our MAC address as option 1, so that the owner need not ask for it.
  const message = Buffer.concat([octets("87000000" + "00000000"), targetBytes, octets("0101"), macBytes(sender.mac)]);
  return packet({ sender, group, message, hopLimit: 255 });
}

/** Asks all hosts on the link to answer. Windows does not. RFC 4443 section 4.1. */
export function echoRequestToAll(sender: Icmp6Sender, identifier: number): Icmp6Packet {
  const message = Buffer.alloc(8);
  message.writeUInt8(128, 0);
  message.writeUInt16BE(identifier, 4);
  message.writeUInt16BE(1, 6);
  return packet({ sender, group: allNodes, message, hopLimit: 1 });
}

interface PacketParts {
  readonly sender: Icmp6Sender;
  readonly group: Buffer;
  readonly message: Buffer;
  readonly hopLimit: number;
}

function packet({ sender, group, message, hopLimit }: PacketParts): Icmp6Packet {
  const header = Buffer.alloc(40);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(message.length, 4);
  header.writeUInt8(58, 6);
  header.writeUInt8(hopLimit, 7);
  addressBytes(sender.address).copy(header, 8);
  group.copy(header, 24);
  message.writeUInt16BE(icmp6Checksum(header.subarray(8), message), 2);
  const destination = parseMac(`3333${group.toString("hex", 12)}`);
  if (destination === undefined) throw new Error("a multicast group has no MAC address");
  return { bytes: Buffer.concat([header, message]), destination };
}

function addressBytes(address: Address): Buffer {
  return octets(addressToBigInt(address).toString(16).padStart(32, "0"));
}

function macBytes(mac: Mac): Buffer {
  return octets(mac.replaceAll(":", ""));
}

function octets(hex: string): Buffer {
  return Buffer.from(hex, "hex");
}
