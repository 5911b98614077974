import type { Mac } from "../../../core/device.ts";
import { parseMac } from "../../../core/device.ts";

import {
  interfaceIndex,
  type NativeSocket,
  openNativeSocket,
  type SendOutcome,
  whyNoNativeCalls,
} from "../../../platform/native-socket.ts";

/**
 * Packets of one kind on one interface, without their Ethernet headers (packet(7)). Needs CAP_NET_RAW.
 */
export interface RawLink extends Disposable {
  send(packet: Uint8Array, to: Mac): SendOutcome;
  /** Passes each received packet and the MAC address of its frame; valid during the call only. */
  receive(take: (packet: Uint8Array, from: Mac) => void): void;
}

export type RawLinkOutcome =
  | { readonly kind: "open"; readonly link: RawLink }
  | { readonly kind: "refused"; readonly reason: string };

const packetFamily = 17;
const datagramType = 2;
const etherTypes = { arp: 0x0806, ipv6: 0x86dd } as const;
const receiveBufferBytes = 1_048_576;

/** Frames for this host, broadcast, multicast. Those for other hosts (3) and sent ones (4) are not answers. */
const lastPacketTypeForUs = 2;

/** Classic BPF over the packet: the kernel drops everything else, so a busy interface costs nothing. */
const filters = {
  // ARP replies: the half word at 6 is 2.
  arp: [
    [0x28, 0, 0, 6],
    [0x15, 0, 1, 2],
    [0x06, 0, 0, 64],
    [0x06, 0, 0, 0],
  ],
  // IPv6 whose next header is ICMPv6, an echo reply (129) or a neighbour advertisement (136).
  ipv6: [
    [0x30, 0, 0, 6],
    [0x15, 0, 4, 58],
    [0x30, 0, 0, 40],
    [0x15, 1, 0, 129],
    [0x15, 0, 1, 136],
    [0x06, 0, 0, 1500],
    [0x06, 0, 0, 0],
  ],
} as const;

export async function openRawLink(name: string, kind: "arp" | "ipv6"): Promise<RawLinkOutcome> {
  const unavailable = await whyNoNativeCalls();
  if (unavailable !== undefined) return { kind: "refused", reason: unavailable };
  const index = await interfaceIndex(name);
  if (index === undefined) return { kind: "refused", reason: `no interface ${name}` };
  const opened = await openNativeSocket({
    family: packetFamily,
    type: datagramType,
    // No protocol yet: nothing is received before the socket is bound to an interface and has its filter.
    protocol: 0,
    filter: program(filters[kind]),
    bind: linkAddress(index, etherTypes[kind]),
    receiveBufferBytes,
  });
  if (opened.kind !== "open")
    return { kind: "refused", reason: opened.kind === "refused" ? opened.code : opened.reason };
  return { kind: "open", link: new PacketLink(opened.socket, index, etherTypes[kind]) };
}

class PacketLink implements RawLink {
  readonly #socket: NativeSocket;
  readonly #index: number;
  readonly #etherType: number;

  constructor(socket: NativeSocket, index: number, etherType: number) {
    this.#socket = socket;
    this.#index = index;
    this.#etherType = etherType;
  }

  send(packet: Uint8Array, to: Mac): SendOutcome {
    return this.#socket.send(packet, linkAddress(this.#index, this.#etherType, to));
  }

  receive(take: (packet: Uint8Array, from: Mac) => void): void {
    this.#socket.receive((bytes, address) => {
      const macBytes = address[11] ?? 0;
      if ((address[10] ?? 255) > lastPacketTypeForUs || macBytes !== 6 || address.length < 18) return;
      const from = parseMac(Buffer.from(address.subarray(12, 18)).toString("hex"));
      if (from !== undefined) take(bytes, from);
    });
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]();
  }
}

/** `struct sockaddr_ll`; all but the protocol in the machine's own byte order. */
function linkAddress(index: number, etherType: number, to?: Mac): Uint8Array {
  const address = Buffer.alloc(20);
  address.set(new Uint8Array(Uint16Array.of(packetFamily).buffer), 0);
  address.writeUInt16BE(etherType, 2);
  address.set(new Uint8Array(Int32Array.of(index).buffer), 4);
  if (to !== undefined) {
    address.writeUInt8(6, 11);
    address.write(to.replaceAll(":", ""), 12, "hex");
  }
  return address;
}

/** `struct sock_filter`: code (16 bits), jumps if true and false (8 bits each), operand (32 bits). */
function program(instructions: readonly (readonly [number, number, number, number])[]): Uint8Array {
  const bytes = new Uint8Array(instructions.length * 8);
  for (const [at, [code, ifTrue, ifFalse, operand]] of instructions.entries()) {
    bytes.set(new Uint8Array(Uint16Array.of(code).buffer), at * 8);
    bytes.set([ifTrue, ifFalse], at * 8 + 2);
    bytes.set(new Uint8Array(Uint32Array.of(operand).buffer), at * 8 + 4);
  }
  return bytes;
}
