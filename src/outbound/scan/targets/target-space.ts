import { type Address, addressFromBigInt, ipv4FromNumber } from "../../../core/address.ts";
import type { AddressRange } from "../../../core/network.ts";
import { rangeSize } from "../../../core/network.ts";

/**
 * Numbers the addresses of some ranges from 0 to `size - 1`, in order, without holding them: an index becomes an
 * address by a search over the ranges and an addition. Plain numbers throughout, so a lookup costs no bigint.
 */
export class TargetSpace {
  readonly size: number;
  /** Index of the first address of each range. */
  readonly #starts: Float64Array;
  /** The four 32-bit words of the first address of each range; IPv4 uses the last. */
  readonly #words: Float64Array;
  /** Ranges before this one are IPv4. */
  readonly #firstIpv6: number;

  /** @param ranges sorted and disjoint, with fewer than 2^53 addresses in all (see {@link countAddresses}) */
  constructor(ranges: readonly AddressRange[]) {
    this.#starts = new Float64Array(ranges.length);
    this.#words = new Float64Array(ranges.length * 4);
    let start = 0;
    let ipv4 = 0;
    for (const [index, range] of ranges.entries()) {
      this.#starts[index] = start;
      for (let word = 0; word < 4; word++)
        this.#words[index * 4 + word] = Number((range.first >> BigInt(96 - 32 * word)) & 0xffff_ffffn);
      start += Number(rangeSize(range));
      if (range.family === 4) ipv4 += 1;
    }
    this.size = start;
    this.#firstIpv6 = ipv4;
  }

  /** The address as text for `connect`: canonical for IPv4; not shortened for IPv6, because that takes time. */
  hostAt(index: number): string {
    const range = this.#rangeOf(index);
    const offset = index - (this.#starts[range] ?? 0);
    if (range < this.#firstIpv6) return ipv4FromNumber((this.#words[range * 4 + 3] ?? 0) + offset);
    const low = (this.#words[range * 4 + 3] ?? 0) + (offset % 0x1_0000_0000);
    const carried =
      (this.#words[range * 4 + 2] ?? 0) + Math.floor(offset / 0x1_0000_0000) + (low > 0xffff_ffff ? 1 : 0);
    const word1 = (this.#words[range * 4 + 1] ?? 0) + (carried > 0xffff_ffff ? 1 : 0);
    const word0 = (this.#words[range * 4] ?? 0) + (word1 > 0xffff_ffff ? 1 : 0);
    return `${groups(word0)}:${groups(word1 % 0x1_0000_0000)}:${groups(carried % 0x1_0000_0000)}:${groups(low % 0x1_0000_0000)}`;
  }

  /** The address in canonical text. */
  addressAt(index: number): Address {
    const range = this.#rangeOf(index);
    const offset = index - (this.#starts[range] ?? 0);
    if (range < this.#firstIpv6) return ipv4FromNumber((this.#words[range * 4 + 3] ?? 0) + offset);
    let first = 0n;
    for (let word = 0; word < 4; word++) first = (first << 32n) | BigInt(this.#words[range * 4 + word] ?? 0);
    return addressFromBigInt(first + BigInt(offset), 6);
  }

  /** A number that is the same for the same IPv4 address in every scan; for IPv6 two hosts may share one, rarely. */
  hostKeyAt(index: number): number {
    const range = this.#rangeOf(index);
    const offset = index - (this.#starts[range] ?? 0);
    const low = (this.#words[range * 4 + 3] ?? 0) + offset;
    if (range < this.#firstIpv6) return low;
    return -(1 + ((this.networkKeyAt(index) * -31 + low) % 0x10_0000_0000_0000));
  }

  /** The same for all addresses of a /24 (IPv4) or a /64 (IPv6). */
  networkKeyAt(index: number): number {
    const range = this.#rangeOf(index);
    if (range < this.#firstIpv6)
      return Math.floor(((this.#words[range * 4 + 3] ?? 0) + index - (this.#starts[range] ?? 0)) / 256);
    const high = Math.imul(this.#words[range * 4] ?? 0, 0x9e3779b1) >>> 0;
    return -(1 + (high % 0x8_0000) * 0x1_0000_0000 + (this.#words[range * 4 + 1] ?? 0));
  }

  isLoopback(index: number): boolean {
    const range = this.#rangeOf(index);
    const base = range * 4;
    const low = (this.#words[base + 3] ?? 0) + index - (this.#starts[range] ?? 0);
    if (range < this.#firstIpv6) return low >= 0x7f00_0000 && low <= 0x7fff_ffff;
    return low === 1 && this.#words[base] === 0 && this.#words[base + 1] === 0 && this.#words[base + 2] === 0;
  }

  #rangeOf(index: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Two groups of IPv6 text. */
function groups(word: number): string {
  return `${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`;
}

export function countAddresses(ranges: readonly AddressRange[]): bigint {
  return ranges.reduce((sum, range) => sum + rangeSize(range), 0n);
}
