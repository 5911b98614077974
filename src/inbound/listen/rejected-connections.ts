import type { Address } from "../../core/address.ts";
import type { Port } from "../../core/ports.ts";
import { reportedNetworkOf } from "./socket-address.ts";

/** Connections that were closed before any data was read, and that are not recorded one by one. */
export interface RejectedConnections {
  readonly listener: string;
  readonly localPort: Port;
  /** The clients reset them before their address was known. Otherwise a connection limit was reached. */
  readonly aborted: boolean;
  /** The IPv4 /24 or IPv6 /64 of the clients; absent for aborted ones, and past the bound. */
  readonly network?: string;
  readonly count: number;
}

/** What happened, in words; without port and count. */
export function rejectionReason({ aborted }: RejectedConnections): string {
  return aborted ? "reset by the client before any data was read" : "rejected: connection limit reached";
}

/**
 * Maximum number of networks counted separately in one period; connections of further ones are counted by port only.
 */
const maxNetworks = 1000;

/** Adds up rejected connections: a flood becomes a few numbers. */
export class RejectionCount {
  readonly #listener: string;
  readonly #counts = new Map<string, Omit<RejectedConnections, "listener" | "count"> & { count: number }>();
  #networks = 0;

  constructor(listener: string) {
    this.#listener = listener;
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  /** @param address absent for an aborted connection */
  add(localPort: Port, address: Address | undefined): void {
    const aborted = address === undefined;
    const network = aborted ? undefined : reportedNetworkOf(address);
    const known = network === undefined ? undefined : this.#counts.get(`${localPort} ${network}`);
    if (known !== undefined) {
      known.count += 1;
    } else if (network !== undefined && this.#networks < maxNetworks) {
      this.#networks += 1;
      this.#counts.set(`${localPort} ${network}`, { localPort, aborted, network, count: 1 });
    } else {
      const key = `${localPort} ${aborted ? "aborted" : "others"}`;
      const rest = this.#counts.get(key);
      if (rest === undefined) this.#counts.set(key, { localPort, aborted, count: 1 });
      else rest.count += 1;
    }
  }

  /** Returns the sums since the last call, and resets them. */
  take(): RejectedConnections[] {
    const taken = Array.from(this.#counts.values(), (entry) => ({ listener: this.#listener, ...entry }));
    this.#counts.clear();
    this.#networks = 0;
    return taken;
  }
}
