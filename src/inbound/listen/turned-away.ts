import type { Address } from "../../core/address.ts";
import type { Port } from "../../core/ports.ts";
import { neighbourhoodOf } from "./peer-address.ts";

/** Connections that were closed unheard and are not recorded one by one. */
export interface TurnedAway {
  readonly listener: string;
  readonly localPort: Port;
  /** The IPv4 /24 or IPv6 /64 they came from; absent for those gone before it could be asked, and past the bound. */
  readonly network?: string;
  readonly count: number;
}

/** Networks told apart at most in one period; what comes from further ones is counted by port only. */
const maximumNetworks = 1000;

/** Adds up the connections that were turned away: a flood becomes a few numbers. */
export class TurnedAwayCount {
  readonly #listener: string;
  readonly #counts = new Map<string, { readonly localPort: Port; readonly network?: string; count: number }>();
  #networks = 0;

  constructor(listener: string) {
    this.#listener = listener;
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  add(localPort: Port, address: Address | undefined): void {
    const network = address === undefined ? undefined : neighbourhoodOf(address);
    const known = network === undefined ? undefined : this.#counts.get(`${localPort} ${network}`);
    if (known !== undefined) {
      known.count += 1;
    } else if (network !== undefined && this.#networks < maximumNetworks) {
      this.#networks += 1;
      this.#counts.set(`${localPort} ${network}`, { localPort, network, count: 1 });
    } else {
      const rest = this.#counts.get(`${localPort}`);
      if (rest === undefined) this.#counts.set(`${localPort}`, { localPort, count: 1 });
      else rest.count += 1;
    }
  }

  /** What has been added up since the last time. */
  take(): TurnedAway[] {
    const taken = Array.from(this.#counts.values(), (entry) => ({ listener: this.#listener, ...entry }));
    this.#counts.clear();
    this.#networks = 0;
    return taken;
  }
}
