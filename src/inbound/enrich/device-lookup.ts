import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { PeerDevice } from "../../core/device.ts";
import { messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { ExpiringCache } from "./expiring-cache.ts";

/** Finds the device that has an address now; it may reject. */
export type DeviceOf = (address: Address) => Promise<PeerDevice | undefined>;

export interface DeviceLookupOptions {
  readonly deviceOf: DeviceOf;
  /** How long an alert waits for the answer. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

const maxRemembered = 4096;
const rememberedMs = 60_000;

/** Finds the device of a peer, with a time limit and a cache of one minute, so that alerts are not delayed. */
export class DeviceLookup {
  readonly #options: DeviceLookupOptions;
  readonly #answers: ExpiringCache<Address, Promise<PeerDevice | undefined>>;

  constructor(options: DeviceLookupOptions) {
    this.#options = options;
    this.#answers = new ExpiringCache(maxRemembered, options.clock);
  }

  /** It never rejects. */
  async find(address: Address): Promise<PeerDevice | undefined> {
    const { clock, deadlineMs } = this.#options;
    const answer = this.#answers.get(address) ?? this.#ask(address);
    const over = new AbortController();
    const device = await Promise.race([answer, clock.sleep(deadlineMs, over.signal).then(() => undefined)]);
    over.abort();
    return device;
  }

  #ask(address: Address): Promise<PeerDevice | undefined> {
    const { deviceOf, log } = this.#options;
    const answer = deviceOf(address).catch((error: unknown) => {
      log.warn("cannot look up the device of a peer", { address, error: messageOf(error) });
      return undefined;
    });
    this.#answers.set(address, answer, rememberedMs);
    return answer;
  }
}
