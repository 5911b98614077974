import type { Address } from "../../../core/address.ts";
import { AddressSet } from "../../../core/network.ts";
import type { NeighbourTable } from "../connect/neighbours.ts";

/** The network interfaces of this machine, looked at when somebody asks. */
export class Links {
  readonly #read: () => NeighbourTable;
  #table: NeighbourTable | undefined;

  constructor(read: () => NeighbourTable) {
    this.#read = read;
  }

  /**
   * Nothing can be sent to this address now: its own link is down, or, where it is reached by a router, every link is.
   * False where there are no links to be seen, as on a machine that has loopback alone.
   */
  areDownTo(address: Address): boolean {
    this.#table ??= this.#read();
    const { onLink, isUp } = this.#table;
    const own = onLink.filter((range) => new AddressSet([range]).has(address));
    const links = new Set((own.length > 0 ? own : onLink).map(({ link }) => link));
    return links.size > 0 && [...links].every((link) => !isUp(link));
  }
}
