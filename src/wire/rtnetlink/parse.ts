import { type Address, addressFromBigInt } from "../../core/address.ts";
import { type Mac, parseMac } from "../../core/device.ts";

/** One entry of the kernel's neighbour table, from RTM_NEWNEIGH (rtnetlink(7), linux/neighbour.h). */
export interface KernelNeighbour {
  readonly interfaceIndex: number;
  /** One of {@link neighbourStates}; 0 if the kernel has no information yet. */
  readonly state: number;
  readonly isRouter: boolean;
  readonly address: Address;
  /** Only if it is known and has six octets. */
  readonly mac?: Mac | undefined;
  /** Age in clock ticks of user space (hundredths of a second). */
  readonly confirmedTicks?: number | undefined;
  readonly updatedTicks?: number | undefined;
}

/** NUD_* of linux/neighbour.h. */
export const neighbourStates = {
  incomplete: 0x01,
  reachable: 0x02,
  stale: 0x04,
  delay: 0x08,
  probe: 0x10,
  failed: 0x20,
  noArp: 0x40,
  permanent: 0x80,
} as const;

/** The content of one datagram of a dump. `end`: the dump is complete, or the kernel refused it. */
export interface NeighbourDump {
  readonly neighbours: readonly KernelNeighbour[];
  readonly end: boolean;
}

const headerBytes = 16;
const neighbourHeaderBytes = 12;
const messageTypes = { error: 2, done: 3, newNeighbour: 28, getNeighbour: 30 } as const;
const attributes = { destination: 1, linkLayerAddress: 2, cacheInfo: 3 } as const;
const routerFlag = 0x80;

/**
 * Reads a datagram of netlink: messages in little-endian byte order, padded to four bytes. Reading ends at a message that is cut
 * or contradicts itself.
 */
export function parseNeighbourDump(bytes: Uint8Array): NeighbourDump {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const neighbours: KernelNeighbour[] = [];
  for (let at = 0; at + headerBytes <= bytes.length; ) {
    const length = view.getUint32(at, true);
    const type = view.getUint16(at + 4, true);
    if (length < headerBytes || at + length > bytes.length) break;
    if (type === messageTypes.done || type === messageTypes.error) return { neighbours, end: true };
    if (type === messageTypes.newNeighbour) {
      const neighbour = parseNeighbour(view, at + headerBytes, at + length);
      if (neighbour !== undefined) neighbours.push(neighbour);
    }
    at += (length + 3) & ~3;
  }
  return { neighbours, end: false };
}

function parseNeighbour(view: DataView, start: number, end: number): KernelNeighbour | undefined {
  if (start + neighbourHeaderBytes > end) return undefined;
  let address: Address | undefined;
  let mac: Mac | undefined;
  let ages: Pick<KernelNeighbour, "confirmedTicks" | "updatedTicks"> = {};
  for (let at = start + neighbourHeaderBytes; at + 4 <= end; ) {
    const length = view.getUint16(at, true);
    if (length < 4 || at + length > end) return undefined;
    const value = new Uint8Array(view.buffer, view.byteOffset + at + 4, length - 4);
    const type = view.getUint16(at + 2, true) & 0x3fff;
    if (type === attributes.destination) address = addressOf(value);
    else if (type === attributes.linkLayerAddress) mac = macOf(value);
    else if (type === attributes.cacheInfo && value.length >= 12) {
      ages = { confirmedTicks: view.getUint32(at + 4, true), updatedTicks: view.getUint32(at + 12, true) };
    }
    at += (length + 3) & ~3;
  }
  if (address === undefined) return undefined;
  return {
    interfaceIndex: view.getInt32(start + 4, true),
    state: view.getUint16(start + 8, true),
    isRouter: (view.getUint8(start + 10) & routerFlag) !== 0,
    address,
    mac,
    ...ages,
  };
}

function addressOf(bytes: Uint8Array): Address | undefined {
  if (bytes.length !== 4 && bytes.length !== 16) return undefined;
  return addressFromBigInt(BigInt(`0x${hex(bytes)}`), bytes.length === 4 ? 4 : 6);
}

function macOf(bytes: Uint8Array): Mac | undefined {
  return bytes.length === 6 ? parseMac(hex(bytes)) : undefined;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** Requests the whole table, for IPv4 and IPv6. */
export function neighbourDumpRequest(): Uint8Array {
  const bytes = new Uint8Array(headerBytes + neighbourHeaderBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, messageTypes.getNeighbour, true);
  // NLM_F_REQUEST | NLM_F_DUMP
  view.setUint16(6, 0x301, true);
  view.setUint32(8, 1, true);
  return bytes;
}
