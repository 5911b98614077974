import { descriptorBudget } from "../../../platform/descriptors.ts";
import type { ScanLimits } from "../schema.ts";
import { type Caps, SharedCaps } from "./caps.ts";
import { NeighbourSlots } from "./neighbour-slots.ts";

/** A scan or confirmation, which has connections open. */
export interface SocketUser {
  /** Called when the share changes, because others start or end. */
  limitSockets(sockets: number): void;
}

export interface ConnectBudgetOptions {
  readonly limits: ScanLimits;
  /** How many descriptors the process may have open, and has. */
  readonly descriptors?: (() => { readonly limit: number; readonly open: number }) | undefined;
}

/** A few connections still make progress; a process with fewer free descriptors has worse problems than a slow scan. */
const minSockets = 4;

/** What all scans and confirmations share: sockets, which the limit on open files bounds, the caps, and the neighbour table. */
export class ConnectBudget {
  readonly caps: Caps;
  readonly neighbourSlots = new NeighbourSlots();
  readonly #limits: ScanLimits;
  readonly #descriptors: () => { readonly limit: number; readonly open: number };
  readonly #users = new Set<SocketUser>();
  #sockets = minSockets;

  constructor(options: ConnectBudgetOptions) {
    this.#limits = options.limits;
    this.#descriptors = options.descriptors ?? descriptorBudget;
    this.caps = new SharedCaps(options.limits);
  }

  /** How many sockets there are for all together; measured again while none is in use. */
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
    // Under a very small limit, use half of what is left.
    return Math.max(minSockets, Math.min(maxSockets, Math.max(rest - reservedDescriptors, Math.floor(rest / 2))));
  }

  #share(): void {
    const share = Math.max(1, Math.floor(this.#sockets / Math.max(1, this.#users.size)));
    for (const user of this.#users) user.limitSockets(share);
  }
}
