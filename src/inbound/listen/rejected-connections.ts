import type { Address } from "../../core/address.ts";
import type { Port } from "../../core/ports.ts";
import { reportedNetworkOf } from "./socket-address.ts";

/** Connections that were closed unheard and are not recorded one by one. */
export interface RejectedConnections {
  readonly listener: string;
  readonly localPort: Port;
  /** The clients had reset them before it could be asked who they were. Otherwise there were too many at once. */
  readonly aborted: boolean;
  /** The IPv4 /24 or IPv6 /64 they came from; absent for the vanished, and past the bound. */
  readonly network?: string;
  readonly count: number;
}

/** The same in words: what happened, without where and how often. */
export function rejectionReason({ aborted }: RejectedConnections): string {
  return aborted ? "reset by the client before it could be heard" : "rejected: connection limit reached";
}

/** Networks told apart at most in one period; what comes from further ones is counted by port only. */
const maxNetworks = 1000;

/** Adds up the connections that were turned away: a flood becomes a few numbers. */
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

  /** @param address absent for a connection that vanished */
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

  /** What has been added up since the last time. */
  take(): RejectedConnections[] {
    const taken = Array.from(this.#counts.values(), (entry) => ({ listener: this.#listener, ...entry }));
    this.#counts.clear();
    this.#networks = 0;
    return taken;
  }
}
