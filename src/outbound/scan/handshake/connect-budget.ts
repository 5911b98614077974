import { descriptorBudget } from "../../../platform/descriptors.ts";
import type { ScanLimits } from "../schema.ts";
import { type Caps, SharedCaps } from "./caps.ts";
import { NeighbourSlots } from "./neighbour-slots.ts";

/** Whoever has connections under way. */
export interface SocketUser {
  /** Told when others come and go. */
  limitSockets(sockets: number): void;
}

export interface ConnectBudgetOptions {
  readonly limits: ScanLimits;
  /** How many descriptors the process may have open, and has. */
  readonly descriptors?: () => { readonly limit: number; readonly open: number };
}

/** Few connections still make progress; below that the process has worse problems than a scan. */
const leastSockets = 4;

/** What all that make handshakes share: sockets, of which open files allow only so many, the caps, and the neighbour table. */
export class ConnectBudget {
  readonly caps: Caps;
  readonly neighbourSlots = new NeighbourSlots();
  readonly #limits: ScanLimits;
  readonly #descriptors: () => { readonly limit: number; readonly open: number };
  readonly #users = new Set<SocketUser>();
  #sockets = leastSockets;

  constructor(options: ConnectBudgetOptions) {
    this.#limits = options.limits;
    this.#descriptors = options.descriptors ?? descriptorBudget;
    this.caps = new SharedCaps(options.limits);
  }

  /** How many sockets there are for all together; measured anew while nobody uses any. */
  sockets(): number {
    if (this.#users.size === 0) this.#sockets = this.#affordable();
    return this.#sockets;
  }

  /** Gives `user` its share, and takes it back when the result is disposed of. */
  join(user: SocketUser): Disposable {
    this.#users.add(user);
    this.#share();
    return {
      [Symbol.dispose]: () => {
        this.#users.delete(user);
        this.#share();
      },
    };
  }

  #affordable(): number {
    const { limit, open } = this.#descriptors();
    const { maxSockets, reservedDescriptors } = this.#limits;
    const rest = limit - open;
    // Under a very small limit half of what is left is better than nothing.
    return Math.max(leastSockets, Math.min(maxSockets, Math.max(rest - reservedDescriptors, Math.floor(rest / 2))));
  }

  #share(): void {
    const share = Math.max(1, Math.floor(this.#sockets / Math.max(1, this.#users.size)));
    for (const user of this.#users) user.limitSockets(share);
  }
}
