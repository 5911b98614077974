import { type Address, ipv4ToNumber } from "../../core/address.ts";
import { countedKeyOf } from "./socket-address.ts";

/**
 * Counts who is in: all together, and per IPv4 address or IPv6 /64. It remembers only who is in at the moment, so the
 * limit on all bounds its memory.
 */
export class Admission {
  /** Connections at once, in all. */
  limit: number;
  #perAddress: number;
  /** By IPv4 address as a number, or by IPv6 /64. */
  readonly #byHolder = new Map<string | number, number>();
  #open = 0;

  constructor(limits: { readonly connections: number; readonly perAddress: number }) {
    this.limit = limits.connections;
    this.#perAddress = limits.perAddress;
  }

  /** Other limits from now on; whoever is in stays in. */
  adjust(limits: { readonly connections: number; readonly perAddress: number }): void {
    this.limit = limits.connections;
    this.#perAddress = limits.perAddress;
  }

  get open(): number {
    return this.#open;
  }

  get isFull(): boolean {
    return this.#open >= this.limit;
  }

  /** Takes a place. @returns false, and takes none, where there is none for this address */
  enter(address: Address): boolean {
    if (this.isFull || !this.#count(address)) return false;
    this.#open += 1;
    return true;
  }

  /** Takes a place among all, for a proxy that will say for whom. */
  enterUncounted(): boolean {
    if (this.isFull) return false;
    this.#open += 1;
    return true;
  }

  /** A connection that entered uncounted turns out to be from `address`. @returns false where there are too many of it */
  assign(address: Address): boolean {
    return this.#count(address);
  }

  /** @param address as which the connection was counted, if it was */
  leave(address: Address | undefined): void {
    this.#open -= 1;
    if (address === undefined) return;
    const holder = keyOf(address);
    const count = this.#byHolder.get(holder) ?? 0;
    if (count > 1) this.#byHolder.set(holder, count - 1);
    else this.#byHolder.delete(holder);
  }

  #count(address: Address): boolean {
    const holder = keyOf(address);
    const count = this.#byHolder.get(holder) ?? 0;
    if (count >= this.#perAddress) return false;
    this.#byHolder.set(holder, count + 1);
    return true;
  }
}

/** A 32-bit integer for IPv4: a key that needs no memory of its own. */
function keyOf(address: Address): string | number {
  return address.includes(":") ? countedKeyOf(address) : ipv4ToNumber(address) | 0;
}
