import { type Address, compareAddresses } from "../../core/address.ts";
import { everyPort, everyPortAtLeast, type Port } from "../../core/ports.ts";
import type { Sighting } from "../../core/sighting.ts";

/** One line of what a scan found: an open port, or a host on which every tried port answers ({@link everyPort}). */
export interface FoundLine {
  readonly address: Address;
  readonly port: Port;
  readonly hostname?: string | undefined;
}

interface Host {
  readonly hostname: string | undefined;
  count: number;
  /** Empty once every port is open. */
  ports: Port[];
}

/**
 * What a scan found, as a table for people: a host on which every tried port answers is one line. Holds a limited number of
 * ports; further ones are only counted.
 */
export class FoundPorts {
  readonly #portsTried: number;
  readonly #limit: number;
  readonly #hosts = new Map<Address, Host>();
  #held = 0;
  #leftOut = 0;

  constructor(options: { readonly portsTried: number; readonly limit: number }) {
    this.#portsTried = options.portsTried;
    this.#limit = options.limit;
  }

  /** How many open ports are not listed. */
  get leftOut(): number {
    return this.#leftOut;
  }

  add(batch: readonly Sighting[]): void {
    for (const sighting of batch) this.#add(sighting);
  }

  /** In order of address and port. */
  lines(): FoundLine[] {
    const hosts = [...this.#hosts].sort(([a], [b]) => compareAddresses(a, b));
    return hosts.flatMap(([address, { hostname, ports, count }]) => {
      const shown = this.#isEvery(count) ? [everyPort] : ports.sort((a, b) => a - b);
      return shown.map((port) => ({ address, port, hostname }));
    });
  }

  #add({ address, port, hostname }: Sighting): void {
    let host = this.#hosts.get(address);
    if (host === undefined) {
      if (this.#hosts.size >= this.#limit) {
        this.#leftOut += 1;
        return;
      }
      host = { hostname, count: 0, ports: [] };
      this.#hosts.set(address, host);
    }
    host.count += 1;
    if (this.#held < this.#limit) {
      host.ports.push(port);
      this.#held += 1;
    } else {
      this.#leftOut += 1;
    }
    if (!this.#isEvery(host.count)) return;
    this.#leftOut -= host.count - host.ports.length;
    this.#held -= host.ports.length;
    host.ports = [];
  }

  #isEvery(count: number): boolean {
    return this.#portsTried >= everyPortAtLeast && count === this.#portsTried;
  }
}
