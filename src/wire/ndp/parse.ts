import { type Address, addressFromBigInt } from "../../core/address.ts";
import { type Mac, parseMac } from "../../core/device.ts";
import { icmp6Checksum } from "./checksum.ts";

/**
 * An answer to neighbour discovery: a neighbour advertisement (RFC 4861 section 4.4) or an echo reply (RFC 4443 section 4.2).
 * Addresses are without a zone.
 */
export type Icmp6Answer =
  | {
      readonly kind: "advertisement";
      readonly source: Address;
      readonly destination: Address;
      /** The address of the host that answers. */
      readonly target: Address;
      /** From the option; without it the source of the frame counts. */
      readonly targetMac?: Mac | undefined;
      readonly isRouter: boolean;
    }
  | {
      readonly kind: "echo-reply";
      readonly source: Address;
      readonly destination: Address;
      readonly identifier: number;
    };

const ipv6HeaderBytes = 40;
const icmp6 = 58;
const types = { echoReply: 129, advertisement: 136 } as const;
const targetLinkLayerOption = 2;

/** Reads an IPv6 packet without extension headers; `undefined` if it is another packet or is damaged. */
export function parseIcmp6Answer(bytes: Uint8Array): Icmp6Answer | undefined {
  const packet = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (packet.length < ipv6HeaderBytes + 8 || packet.readUInt8(0) >> 4 !== 6 || packet.readUInt8(6) !== icmp6) return;
  const payloadBytes = packet.readUInt16BE(4);
  if (payloadBytes < 8 || ipv6HeaderBytes + payloadBytes > packet.length) return undefined;
  const payload = packet.subarray(ipv6HeaderBytes, ipv6HeaderBytes + payloadBytes);
  if (payload.readUInt8(1) !== 0 || icmp6Checksum(packet.subarray(8, ipv6HeaderBytes), payload) !== 0) return undefined;
  const source = addressAt(packet, 8);
  const destination = addressAt(packet, 24);
  switch (payload.readUInt8(0)) {
    case types.echoReply:
      return { kind: "echo-reply", source, destination, identifier: payload.readUInt16BE(4) };
    case types.advertisement: {
      // A packet with hop limit 255 cannot have passed a router (RFC 4861 section 7.1.2).
      if (packet.readUInt8(7) !== 255 || payload.length < 24) return undefined;
      const targetMac = targetMacOf(payload);
      if (targetMac === "malformed") return undefined;
      return {
        kind: "advertisement",
        source,
        destination,
        target: addressAt(payload, 8),
        targetMac,
        isRouter: (payload.readUInt8(4) & 0x80) !== 0,
      };
    }
    default:
      return undefined;
  }
}

/** Options are in units of eight bytes; one of length zero damages the packet (RFC 4861 section 4.6). */
function targetMacOf(payload: Buffer): Mac | "malformed" | undefined {
  for (let at = 24; at < payload.length; ) {
    const length = (payload[at + 1] ?? 0) * 8;
    if (length === 0 || at + length > payload.length) return "malformed";
    if (payload[at] === targetLinkLayerOption) return parseMac(payload.toString("hex", at + 2, at + 8)) ?? "malformed";
    at += length;
  }
  return undefined;
}

function addressAt(packet: Buffer, at: number): Address {
  return addressFromBigInt(BigInt(`0x${packet.toString("hex", at, at + 16)}`), 6);
}
