import type { Address } from "../../core/address.ts";
import type { ProtocolName } from "../../core/identification.ts";
import type { Port } from "../../core/ports.ts";
import { type Burst, type CountedConnection, type ProtocolCount, protocolCounts } from "./burst.ts";

/** Connections that were over the alert budget, summed up. The number of connections is exact. */
export interface Digest {
  readonly connections: number;
  /** Milliseconds since the epoch. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** How many addresses; a lower bound where `moreAddresses`. */
  readonly addresses: number;
  readonly moreAddresses: boolean;
  /** The busiest first, up to {@link maxListed}, among the addresses that were counted. */
  readonly topAddresses: readonly AddressCount[];
  readonly ports: number;
  readonly topPorts: readonly { readonly port: Port; readonly connections: number }[];
  readonly protocols: readonly ProtocolCount[];
  /** The busiest first, up to {@link maxListed}; without those of unknown country. */
  readonly topCountries: readonly { readonly countryCode: string; readonly connections: number }[];
  readonly countries: number;
}

interface AddressCount {
  readonly address: Address;
  readonly countryCode?: string | undefined;
  readonly connections: number;
}

/** Entries of a list in a digest. */
const maxListed = 10;

/** More than there are countries: a damaged database must not fill the memory. */
const maxCountries = 500;

/** The country of an address (ISO 3166-1 alpha-2), if it is known without waiting. */
export type CountryOf = (address: Address) => string | undefined;

interface Counted {
  readonly countryCode: string | undefined;
  connections: number;
}

/**
 * Counts the connections of a digest. Its memory is bounded: one count for each port, protocol and country, and for
 * `limit` addresses.
 */
export class DigestCount {
  readonly #limit: number;
  readonly #countryOf: CountryOf | undefined;
  readonly #addresses = new Map<Address, Counted>();
  readonly #countries = new Map<string, number>();
  readonly #protocols = new Map<ProtocolName, number>();
  readonly #ports = new Map<Port, number>();
  #moreAddresses = false;
  #connections = 0;
  #firstAt = Number.POSITIVE_INFINITY;
  #lastAt = Number.NEGATIVE_INFINITY;

  /** @param options.limit maximum number of addresses counted separately */
  constructor(options: { readonly limit: number; readonly countryOf?: CountryOf | undefined }) {
    this.#limit = options.limit;
    this.#countryOf = options.countryOf;
  }

  add({ address, port, protocol, at }: CountedConnection): void {
    this.#span(at, at);
    this.#connections += 1;
    this.#ports.set(port, (this.#ports.get(port) ?? 0) + 1);
    this.#protocols.set(protocol, (this.#protocols.get(protocol) ?? 0) + 1);
    this.#count(address, 1);
  }

  /** Adds the connections of a burst. Each of its ports is counted once. */
  addBurst(burst: Burst): void {
    this.#span(burst.firstAt, burst.lastAt);
    this.#connections += burst.connections;
    for (const port of burst.ports) this.#ports.set(port, (this.#ports.get(port) ?? 0) + 1);
    for (const { protocol, connections } of burst.protocols) {
      this.#protocols.set(protocol, (this.#protocols.get(protocol) ?? 0) + connections);
    }
    this.#count(burst.address, burst.connections);
  }

  read(): Digest {
    return {
      connections: this.#connections,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      addresses: this.#addresses.size,
      moreAddresses: this.#moreAddresses,
      topAddresses: busiest(
        [...this.#addresses].map(([address, { countryCode, connections }]) => ({
          address,
          countryCode,
          connections,
        })),
      ),
      ports: this.#ports.size,
      // Equally busy ones in their order.
      topPorts: busiest(
        [...this.#ports]
          .map(([port, connections]) => ({ port, connections }))
          .sort((one, other) => one.port - other.port),
      ),
      protocols: protocolCounts(this.#protocols),
      topCountries: busiest([...this.#countries].map(([countryCode, connections]) => ({ countryCode, connections }))),
      countries: this.#countries.size,
    };
  }

  #span(first: number, last: number): void {
    if (first < this.#firstAt) this.#firstAt = first;
    if (last > this.#lastAt) this.#lastAt = last;
  }

  #count(address: Address, connections: number): void {
    const known = this.#addresses.get(address);
    let countryCode = known?.countryCode;
    if (known !== undefined) {
      known.connections += connections;
    } else {
      countryCode = this.#countryOf?.(address);
      if (this.#addresses.size < this.#limit) this.#addresses.set(address, { countryCode, connections });
      else this.#moreAddresses = true;
    }
    if (countryCode === undefined) return;
    const counted = this.#countries.get(countryCode);
    if (counted === undefined && this.#countries.size >= maxCountries) return;
    this.#countries.set(countryCode, (counted ?? 0) + connections);
  }
}

function busiest<Entry extends { readonly connections: number }>(entries: Entry[]): Entry[] {
  return entries.sort((one, other) => other.connections - one.connections).slice(0, maxListed);
}
