import { type Address, compareAddresses, familyOf, parseAddress } from "../../../core/address.ts";
import { isUnicastMac, type Mac, type Neighbour } from "../../../core/device.ts";

/** A hostile host can claim any number of addresses: maximum number accepted. */
const maxNeighbours = 70_000;
const maxIpv6PerMac = 64;
const maxIpv6 = 4096;
/** Two devices may have one address by mistake; more are malicious. */
const maxMacsPerAddress = 4;
/** Addresses with dropped answers that are remembered; with more, silence proves nothing. */
const maxCrowded = 4096;
/** More addresses for one MAC address than a host usually has. */
const manyAddresses = 16;

export interface FindingsOptions {
  readonly own: ReadonlySet<Mac>;
  readonly gateways: readonly Address[];
}

/** The answers in one survey: each pair of address and MAC address once. */
export class Findings {
  readonly #options: FindingsOptions;
  readonly #byAddress = new Map<Address, Map<Mac, Neighbour>>();
  readonly #ipv6OfMac = new Map<Mac, number>();
  readonly #crowded = new Set<Address>();
  #isOverfull = false;
  #count = 0;
  #ipv6Count = 0;

  constructor(options: FindingsOptions) {
    this.#options = options;
  }

  /** @returns whether it is a neighbour: not this machine, not a group address, and within the limits */
  add(neighbour: Neighbour): boolean {
    const { address, mac } = neighbour;
    if (this.#options.own.has(mac) || !isUnicastMac(mac) || cannotBeHost(address)) return false;
    const holders = this.#byAddress.get(address);
    const known = holders?.get(mac);
    if (known !== undefined) {
      if (neighbour.isRouter === true && known.isRouter !== true) holders?.set(mac, neighbour);
      return true;
    }
    if (this.#count >= maxNeighbours || (holders?.size ?? 0) >= maxMacsPerAddress) return this.#dropped(address);
    if (familyOf(address) === 6) {
      const claimed = this.#ipv6OfMac.get(mac) ?? 0;
      if (claimed >= maxIpv6PerMac || this.#ipv6Count >= maxIpv6) return this.#dropped(address);
      this.#ipv6Count += 1;
      this.#ipv6OfMac.set(mac, claimed + 1);
    }
    this.#count += 1;
    if (holders === undefined) this.#byAddress.set(address, new Map([[mac, neighbour]]));
    else holders.set(mac, neighbour);
    return true;
  }

  /** The device with this address may have answered, but answers were dropped. */
  #dropped(address: Address): false {
    if (this.#crowded.size < maxCrowded) this.#crowded.add(address);
    else this.#isOverfull = true;
    return false;
  }

  /** Whether silence of this address proves absence: not where answers were dropped. */
  silenceCounts(address: Address): boolean {
    return !this.#isOverfull && !this.#crowded.has(address);
  }

  has(address: Address): boolean {
    return this.#byAddress.has(address);
  }

  /** In the order of addresses; the default gateway is a router. */
  neighbours(): readonly Neighbour[] {
    const gateways = new Set(this.#options.gateways);
    return [...this.#byAddress.values()]
      .flatMap((holders) => [...holders.values()])
      .map((found) => (gateways.has(found.address) ? { ...found, isRouter: true } : found))
      .sort((a, b) => compareAddresses(a.address, b.address));
  }

  /** A router with proxy ARP looks like one device with many addresses. */
  notes(): readonly string[] {
    const disputed = [...this.#byAddress.values()].filter((holders) => holders.size > 1).length;
    const addresses = new Map<Mac, number>();
    for (const [address, holders] of this.#byAddress) {
      if (familyOf(address) === 4) for (const mac of holders.keys()) addresses.set(mac, (addresses.get(mac) ?? 0) + 1);
    }
    const shared = [...addresses]
      .filter(([, count]) => count > manyAddresses)
      .slice(0, 3)
      .map(([mac, count]) => `${mac} answers for ${count} addresses: one device, or a router that does proxy ARP`);
    if (disputed <= manyAddresses) return shared;
    return [...shared, `${disputed} addresses are claimed by more than one device`];
  }
}

const unspecified: ReadonlySet<string | undefined> = new Set([parseAddress("0.0.0.0"), parseAddress("::")]);

function cannotBeHost(address: Address): boolean {
  if (familyOf(address) === 6) return address.startsWith("ff") || unspecified.has(address);
  const first = Number(address.split(".", 1)[0]);
  return first >= 224 || first === 127 || unspecified.has(address);
}
