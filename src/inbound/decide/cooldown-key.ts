import { type Address, addressFromBigInt, addressToBigInt, familyOf } from "../../core/address.ts";

/** Which addresses share a cooldown. */
export interface SharedCooldown {
  /** Global IPv6 addresses of one /64 share a cooldown: one host can use all of them. */
  readonly ipv6ByNetwork: boolean;
  /**
   * Whether an address is in a network of this machine's own interfaces, where many hosts share a /64. Default: no
   * address is.
   */
  readonly isOnLink?: (address: Address) => boolean;
}

/**
 * What an address stands for.
 * - `network`: for its whole /64. Providers route at least one /64 to each customer (RFC 6177, BCP 157), who can use
 *   any address in it: global unicast, 2000::/3 (RFC 4291 section 2.4).
 * - `neighbour`: for one host in a network that many hosts share: unique local (RFC 4193), link-local, site-local
 *   (RFC 4291
 *   sections 2.5.6 and 2.5.7), and what is on a link of this machine.
 * - `address`: for itself. All IPv4 addresses, and IPv6 addresses that contain one, whose /64 has many unrelated
 *   hosts: Teredo (RFC 4380 section 4), the prefixes of NAT64 (RFC 6052, RFC 8215).
 */
export type CooldownScope = "network" | "neighbour" | "address";

export function cooldownScope(address: Address, { ipv6ByNetwork, isOnLink }: SharedCooldown): CooldownScope {
  if (!ipv6ByNetwork || familyOf(address) === 4) return "address";
  // The other scopes have all four digits in their first group, in canonical text.
  if (address.indexOf(":") !== 4) return "address";
  if (address.startsWith("fc") || address.startsWith("fd") || isFe8ToFef(address)) return "neighbour";
  if (!address.startsWith("2") && !address.startsWith("3")) return "address";
  if (address.startsWith("2001:0:") || address.startsWith("2001::")) return "address";
  return isOnLink?.(address) === true ? "neighbour" : "network";
}

/** fe80::/10 and fec0::/10. */
function isFe8ToFef(address: Address): boolean {
  return address.startsWith("fe") && "89abcdef".includes(address.charAt(2));
}

/** The /64 of an IPv6 address; of a link-local one with its zone: `2001:db8:0:1::/64`, `fe80::%eth0/64`. */
export function networkOf(address: Address): string {
  const percent = address.indexOf("%");
  const zone = percent < 0 ? "" : address.slice(percent);
  return `${addressFromBigInt((addressToBigInt(address) >> 64n) << 64n, 6)}${zone}/64`;
}

/** How many neighbours of one /64 have cooldowns of their own at once; further ones share that of their network. */
export const maxNeighboursPerNetwork = 64;

/**
 * Counts the neighbours of each network that have an entry. One host on a link can use any number of addresses, so
 * past {@link maxNeighboursPerNetwork} they share one entry.
 */
export class NeighbourCount {
  readonly #byNetwork = new Map<string, number>();

  /** The key of an address that has no entry: its own, or that of its network. */
  keyOf(address: Address, settings: SharedCooldown): string {
    const scope = cooldownScope(address, settings);
    if (scope === "address") return address;
    const network = networkOf(address);
    if (scope === "network") return network;
    return (this.#byNetwork.get(network) ?? 0) < maxNeighboursPerNetwork ? address : network;
  }

  /** An address got an entry of its own. */
  added(address: Address, settings: SharedCooldown): void {
    if (cooldownScope(address, settings) !== "neighbour") return;
    const network = networkOf(address);
    this.#byNetwork.set(network, (this.#byNetwork.get(network) ?? 0) + 1);
  }

  removed(address: Address): void {
    if (this.#byNetwork.size === 0 || familyOf(address) === 4) return;
    const network = networkOf(address);
    const count = this.#byNetwork.get(network);
    if (count === undefined) return;
    if (count > 1) this.#byNetwork.set(network, count - 1);
    else this.#byNetwork.delete(network);
  }
}
