import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { PeerDevice } from "../../core/device.ts";
import { messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { ExpiringCache } from "./expiring-cache.ts";

/** Finds the devices that have an address now; it may reject. */
export type DevicesOf = (address: Address) => Promise<readonly PeerDevice[]>;

export interface DeviceLookupOptions {
  readonly devicesOf: DevicesOf;
  /** How long an alert waits for the answer. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

const maxRemembered = 4096;
const rememberedMs = 60_000;

/** Finds the devices at the address of a peer, with a time limit and a cache of one minute, so that alerts are not delayed. */
export class DeviceLookup {
  readonly #options: DeviceLookupOptions;
  readonly #answers: ExpiringCache<Address, Promise<readonly PeerDevice[]>>;

  constructor(options: DeviceLookupOptions) {
    this.#options = options;
    this.#answers = new ExpiringCache(maxRemembered, options.clock);
  }

  /** It never rejects. */
  async find(address: Address): Promise<readonly PeerDevice[]> {
    const { clock, deadlineMs } = this.#options;
    const answer = this.#answers.get(address) ?? this.#ask(address);
    const over = new AbortController();
    const devices = await Promise.race([answer, clock.sleep(deadlineMs, over.signal).then(() => [])]);
    over.abort();
    return devices;
  }

  #ask(address: Address): Promise<readonly PeerDevice[]> {
    const { devicesOf, log } = this.#options;
    const answer = devicesOf(address).catch((error: unknown) => {
      log.warn("cannot look up the device of a peer", { address, error: messageOf(error) });
      return [];
    });
    this.#answers.set(address, answer, rememberedMs);
    return answer;
  }
}
