import {
  type Address,
  addressFromBigInt,
  addressToBigInt,
  type Family,
  familyOf,
  ipv4ToNumber,
  parseAddress,
} from "./address.ts";

/** All addresses from `first` to `last`, both included; 32 or 128 bits as `family` says. Never materialised. */
export interface AddressRange {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** Whether a text is an address with a prefix length that it cannot have: `10.0.0.0/33`. */
export function isMistakenNetwork(text: string): boolean {
  const [, address] = /^([\d.a-f:]{2,45})\/\d{1,4}$/i.exec(text) ?? [];
  return address !== undefined && parseAddress(address) !== undefined && parseRange(text) === undefined;
}

/**
 * Reads one address, a network (`10.0.0.0/8`, host bits are ignored), or a range: `10.0.0.1-50` (last octet),
 * `10.0.0.1-10.0.1.7`, `fd00::1-fd00::ff`.
 * @returns `undefined` where `text` is none of these, or a range runs backwards
 */
export function parseRange(text: string): AddressRange | undefined {
  const slash = text.indexOf("/");
  if (slash >= 0) return parseNetwork(text.slice(0, slash), text.slice(slash + 1));
  const dash = text.indexOf("-");
  const first = parseAddress(dash < 0 ? text : text.slice(0, dash));
  if (first === undefined) return undefined;
  const last = dash < 0 ? first : parseRangeEnd(first, text.slice(dash + 1));
  if (last === undefined || familyOf(last) !== familyOf(first)) return undefined;
  const range = { family: familyOf(first), first: addressToBigInt(first), last: addressToBigInt(last) };
  return range.first <= range.last ? range : undefined;
}

function parseNetwork(base: string, prefix: string): AddressRange | undefined {
  const address = parseAddress(base);
  if (address === undefined || !/^\d{1,3}$/.test(prefix)) return undefined;
  const family = familyOf(address);
  const width = family === 4 ? 32 : 128;
  const length = Number(prefix);
  if (length > width) return undefined;
  const hostBits = BigInt(width - length);
  const first = (addressToBigInt(address) >> hostBits) << hostBits;
  return { family, first, last: first | ((1n << hostBits) - 1n) };
}

function parseRangeEnd(first: Address, text: string): Address | undefined {
  if (familyOf(first) === 4 && /^\d{1,3}$/.test(text)) {
    // Unchanged: a leading zero is octal to some programs, so it is refused here as in an address.
    return parseAddress(`${first.slice(0, first.lastIndexOf(".") + 1)}${text}`);
  }
  return parseAddress(text);
}

export function formatRange(range: AddressRange): string {
  const first = addressFromBigInt(range.first, range.family);
  return range.first === range.last ? first : `${first}-${addressFromBigInt(range.last, range.family)}`;
}

export function rangeSize(range: AddressRange): bigint {
  return range.last - range.first + 1n;
}

/**
 * A fixed set of addresses given by ranges, for membership tests: exclusions, scopes, ignore rules. Memory and
 * construction grow with the number of ranges, a test costs their logarithm and, for IPv4, allocates nothing.
 */
export class AddressSet {
  readonly #starts4: Float64Array;
  readonly #ends4: Float64Array;
  readonly #ranges6: readonly AddressRange[];

  constructor(ranges: Iterable<AddressRange>) {
    const merged = mergeRanges(ranges);
    const four = merged.filter((range) => range.family === 4);
    this.#starts4 = Float64Array.from(four, (range) => Number(range.first));
    this.#ends4 = Float64Array.from(four, (range) => Number(range.last));
    this.#ranges6 = merged.filter((range) => range.family === 6);
  }

  get isEmpty(): boolean {
    return this.#starts4.length === 0 && this.#ranges6.length === 0;
  }

  has(address: Address): boolean {
    return familyOf(address) === 4 ? this.hasIpv4(ipv4ToNumber(address)) : this.#hasIpv6(addressToBigInt(address));
  }

  /** @param value the address as an unsigned 32-bit number */
  hasIpv4(value: number): boolean {
    let low = 0;
    let high = this.#starts4.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (value < (this.#starts4[middle] ?? 0)) high = middle - 1;
      else if (value > (this.#ends4[middle] ?? 0)) low = middle + 1;
      else return true;
    }
    return false;
  }

  #hasIpv6(value: bigint): boolean {
    let low = 0;
    let high = this.#ranges6.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const range = this.#ranges6[middle];
      if (range === undefined) return false;
      if (value < range.first) high = middle - 1;
      else if (value > range.last) low = middle + 1;
      else return true;
    }
    return false;
  }
}

/** The same addresses as sorted ranges that neither overlap nor touch; IPv4 first. */
export function mergeRanges(ranges: Iterable<AddressRange>): AddressRange[] {
  const sorted = [...ranges].sort(
    (a, b) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0),
  );
  const merged: AddressRange[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before !== undefined && before.family === range.family && range.first <= before.last + 1n) {
      if (range.last > before.last) merged[merged.length - 1] = { ...before, last: range.last };
    } else {
      merged.push(range);
    }
  }
  return merged;
}

/** `ranges` without every address of `excluded`. */
export function subtractRanges(ranges: Iterable<AddressRange>, excluded: Iterable<AddressRange>): AddressRange[] {
  let rest = mergeRanges(ranges);
  for (const hole of mergeRanges(excluded)) {
    rest = rest.flatMap((range) => {
      if (range.family !== hole.family || hole.last < range.first || hole.first > range.last) return [range];
      const pieces: AddressRange[] = [];
      if (range.first < hole.first) pieces.push({ ...range, last: hole.first - 1n });
      if (range.last > hole.last) pieces.push({ ...range, first: hole.last + 1n });
      return pieces;
    });
  }
  return rest;
}

/** The addresses that are in both. */
export function intersectRanges(ranges: Iterable<AddressRange>, others: Iterable<AddressRange>): AddressRange[] {
  const merged = mergeRanges(ranges);
  return subtractRanges(merged, subtractRanges(merged, others));
}

function network(text: string): AddressRange {
  const range = parseRange(text);
  if (range === undefined) throw new Error(`not a network: ${text}`);
  return range;
}

/** 127.0.0.0/8 and ::1 (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). */
export const loopbackRanges: readonly AddressRange[] = [network("127.0.0.0/8"), network("::1")];

/** RFC 1918, RFC 4193, and shared address space (RFC 6598), which carriers and overlay networks use inside. */
export const privateRanges: readonly AddressRange[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "fc00::/7",
].map(network);

/** RFC 3927 and RFC 4291 section 2.5.6. */
export const linkLocalRanges: readonly AddressRange[] = [network("169.254.0.0/16"), network("fe80::/10")];

/** Addresses that are reached without the public network. */
export const localRanges: readonly AddressRange[] = [...loopbackRanges, ...privateRanges, ...linkLocalRanges];

/**
 * No host has an address in these: "this network" (RFC 791, RFC 1122 section 3.2.1.3), multicast (RFC 5771), reserved with the
 * limited broadcast address (RFC 1112 section 4, RFC 919); the unspecified address and multicast of IPv6 (RFC 4291 sections
 * 2.5.2 and 2.7).
 */
export const hostlessRanges: readonly AddressRange[] = [
  "0.0.0.0/8",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::",
  "ff00::/8",
].map(network);
