import { closeSync, openSync, readSync } from "node:fs";
import { endianness } from "node:os";
import { type Address, addressFromBigInt, familyOf, parseAddress } from "../core/address.ts";
import { type AddressRange, formatRange, parseRange } from "../core/network.ts";

/**
 * The addresses of this machine as Linux's routing tables and address list have them. `os.networkInterfaces()` omits every
 * interface without a carrier, but its addresses stay this machine's: the kernel still delivers to them.
 */
export interface KernelAddresses {
  readonly local4: LocalAddresses4;
  readonly interfaces6: readonly InterfaceAddress6[];
}

/** What the kernel delivers to this machine. */
export interface LocalAddresses4 {
  /** Addresses of interfaces, loopback included; each once. */
  readonly addresses: readonly Address[];
  /** Whole networks: 127.0.0.0/8, and routes of the type `local` that somebody added. */
  readonly networks: readonly AddressRange[];
}

/** An IPv6 address of an interface. */
export interface InterfaceAddress6 {
  readonly link: string;
  /** Without a zone. */
  readonly address: Address;
  /** In bits. */
  readonly prefixLength: number;
}

/** An IPv4 network that an interface reaches without a router. */
export interface OnLinkRoute4 {
  readonly link: string;
  readonly range: AddressRange;
  /** In bits. */
  readonly prefixLength: number;
}

/**
 * Of a file, at most these bytes are read: enough for 20,000 routes. The kernel lists all routes in one file, and each read
 * of 4 KiB walks them from the first, so that the full table of a large router would block the program for minutes.
 */
const maxBytes = 4 * 2 ** 20;

/** Empty where the system does not show them: not on Linux, or no descriptor is free. */
export function kernelAddresses(): KernelAddresses {
  return {
    local4: parseFibTrie(readStart("/proc/net/fib_trie")),
    interfaces6: parseIfInet6(readStart("/proc/net/if_inet6")),
  };
}

/** Empty where the system does not show them. */
export function onLinkRoutes4(): readonly OnLinkRoute4[] {
  return parseOnLinkRoutes4(readStart("/proc/net/route"));
}

/**
 * Parses Linux's /proc/net/fib_trie: the lines of the tables `Main` and `Local` (one table as long as there are no routing rules) that say
 * `host LOCAL`. Other tables serve only packets that a rule selects, such as those of a transparent proxy. Linear in the text.
 */
export function parseFibTrie(text: string): LocalAddresses4 {
  // Both tables are listed if they are one.
  const addresses = new Set<Address>();
  const networks = new Map<string, AddressRange>();
  let isUsed = false;
  let base = "";
  for (const line of linesOf(text)) {
    if (!line.startsWith(" ")) {
      isUsed = line === "Main:" || line === "Local:";
      continue;
    }
    if (!isUsed) continue;
    const words = line.trimStart();
    if (words.startsWith("|-- ")) base = words.slice(4).trim();
    else if (words.startsWith("/")) {
      const length = /^\/(\d{1,2}) host LOCAL\b/.exec(words)?.[1];
      const address = length === undefined ? undefined : parseAddress(base);
      if (address === undefined || familyOf(address) !== 4) continue;
      const range = parseRange(`${address}/${length}`);
      if (length === "32") addresses.add(address);
      else if (range !== undefined) networks.set(formatRange(range), range);
    }
  }
  return { addresses: [...addresses], networks: [...networks.values()] };
}

/** Parses Linux's /proc/net/if_inet6: address, index of the interface, prefix length, scope, flags (all in hexadecimal), interface. */
export function parseIfInet6(text: string): readonly InterfaceAddress6[] {
  return [...linesOf(text)].flatMap((line): InterfaceAddress6[] => {
    const [digits = "", , length = "", , , link = ""] = line.trim().split(/ +/, 6);
    if (!/^[0-9a-f]{32}$/.test(digits) || !/^[0-9a-f]{2}$/.test(length) || link === "") return [];
    const prefixLength = Number.parseInt(length, 16);
    if (prefixLength > 128) return [];
    return [{ link, address: addressFromBigInt(BigInt(`0x${digits}`), 6), prefixLength }];
  });
}

/** RTF_REJECT of Linux's route.h: packets to these addresses are rejected. */
const rejects = 0x200;

/**
 * Parses the routes without a router of Linux's /proc/net/route; numbers are in the byte order of the machine. Default routes and other lines
 * are skipped.
 */
export function parseOnLinkRoutes4(text: string): readonly OnLinkRoute4[] {
  return [...linesOf(text)].flatMap((line): OnLinkRoute4[] => {
    const [link = "", destination = "", gateway = "", flags = "", , , , mask = ""] = line.split("\t", 8);
    if (link === "" || link === "*" || gateway !== "00000000" || !/^[0-9A-F]{4}$/.test(flags)) return [];
    if (![destination, mask].every((word) => /^[0-9A-F]{8}$/.test(word))) return [];
    const prefixLength = prefixLengthOf(numberOf(mask));
    if (prefixLength === undefined || prefixLength === 0 || (Number.parseInt(flags, 16) & rejects) !== 0) return [];
    const range = parseRange(`${addressFromBigInt(BigInt(numberOf(destination)), 4)}/${prefixLength}`);
    return range === undefined ? [] : [{ link, range, prefixLength }];
  });
}

function numberOf(hex: string): number {
  const bytes = Buffer.from(hex, "hex");
  return endianness() === "LE" ? bytes.readUInt32LE() : bytes.readUInt32BE();
}

/** `undefined` for a mask with gaps. */
function prefixLengthOf(mask: number): number | undefined {
  const length = Math.clz32(~mask);
  const expected = length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
  return expected === mask ? length : undefined;
}

/** Whole lines only: the last one may be cut off. */
function* linesOf(text: string): Generator<string> {
  let at = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", at)) {
    yield text.slice(at, end);
    at = end + 1;
  }
}

function readStart(file: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return "";
  }
  try {
    const piece = Buffer.allocUnsafe(64 * 1024);
    const pieces: string[] = [];
    for (let bytes = 0; bytes < maxBytes; ) {
      const read = readSync(descriptor, piece);
      if (read === 0) break;
      bytes += read;
      pieces.push(piece.toString("latin1", 0, read));
    }
    return pieces.join("");
  } catch {
    return "";
  } finally {
    closeSync(descriptor);
  }
}
