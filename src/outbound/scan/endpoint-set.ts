import { type Address, familyOf, ipv4ToNumber } from "../../core/address.ts";
import type { Port } from "../../core/ports.ts";

/** A set of endpoints that needs little memory for IPv4, and does not grow past a limit. */
export class EndpointSet {
  readonly #limit: number;
  readonly #ipv4 = new Set<number>();
  readonly #ipv6 = new Set<string>();
  #isFull = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** An endpoint was not added. */
  get isFull(): boolean {
    return this.#isFull;
  }

  add(address: Address, port: Port): void {
    if (this.#ipv4.size + this.#ipv6.size >= this.#limit) this.#isFull = true;
    else if (familyOf(address) === 4) this.#ipv4.add(keyOf(address, port));
    else this.#ipv6.add(`${address} ${port}`);
  }

  has(address: Address, port: Port): boolean {
    return familyOf(address) === 4 ? this.#ipv4.has(keyOf(address, port)) : this.#ipv6.has(`${address} ${port}`);
  }
}

function keyOf(address: Address, port: Port): number {
  return ipv4ToNumber(address) * 65_536 + port;
}
