import { type Address, ipv4ToNumber } from "../../core/address.ts";
import { countedKeyOf } from "./socket-address.ts";

/**
 * Counts open connections: all together, and per IPv4 address or IPv6 /64. It has entries for open connections only,
 * so the overall limit bounds its memory.
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

  /** Changes the limits. Open connections stay open. */
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

  /** Takes a place for a connection. @returns false where a limit is reached; no place is taken then */
  enter(address: Address): boolean {
    if (this.isFull || !this.#count(address)) return false;
    this.#open += 1;
    return true;
  }

  /**
   * Takes a place for a connection of a proxy that has not named its client yet. @returns false where the limit is
   * reached
   */
  enterUncounted(): boolean {
    if (this.isFull) return false;
    this.#open += 1;
    return true;
  }

  /**
   * Counts a connection that entered uncounted for `address`. @returns false where the limit of that address is reached
   */
  assign(address: Address): boolean {
    return this.#count(address);
  }

  /** @param address the address for which the connection was counted, if any */
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

/** A 32-bit integer for IPv4: a key that needs no memory allocation. */
function keyOf(address: Address): string | number {
  return address.includes(":") ? countedKeyOf(address) : ipv4ToNumber(address) | 0;
}
