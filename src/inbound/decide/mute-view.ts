import { type Address, addressToBigInt, familyOf } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import { isInForce, type Mute, type MuteStore, muteEndDelayMs } from "../../core/mute.ts";
import { type AddressRange, AddressSet } from "../../core/network.ts";
import { OutageLog } from "../../core/outage-log.ts";

export interface MuteViewOptions {
  readonly mutes: Pick<MuteStore, "active">;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often the mutes are read. A new one keeps connections out of cooldowns, budgets and digests after this time at most. */
const intervalMs = 2000;
/** An older view is not used: a mute may have been ended since. */
const validMs = muteEndDelayMs - 1000;

/**
 * The mutes of sources, in memory, so that muted connections use up no budget and start no cooldown. The store decides again when it
 * records an alert: a mute that this view does not have yet holds all the same. One that was ended is never in a view that is used,
 * because its end is {@link muteEndDelayMs} away when it is written.
 */
export class MuteView {
  readonly #options: MuteViewOptions;
  #muted: readonly MutedRange[] = [];
  /** All addresses together: the usual answer is no. */
  #all = new AddressSet([]);
  /** On the monotonic clock. */
  #readAt = Number.NEGATIVE_INFINITY;
  readonly #stopping = new AbortController();
  readonly #outage: OutageLog;
  #running: Promise<void> | undefined;

  constructor(options: MuteViewOptions) {
    this.#options = options;
    this.#outage = new OutageLog({
      ...options,
      fails: "cannot read the mutes: database error; retrying",
      works: "the mutes are read again",
    });
  }

  /** Reads the mutes once; an error is logged, and the store decides alone. */
  async read(): Promise<void> {
    const { mutes, clock } = this.#options;
    const readAt = clock.monotonic();
    try {
      const active = await mutes.active(clock.now());
      this.#muted = active.flatMap((mute) => mutedRange(mute) ?? []);
      this.#all = new AddressSet(this.#muted.map(({ range }) => range));
      this.#readAt = readAt;
      this.#outage.worked();
    } catch (error) {
      this.#outage.failed(error);
    }
  }

  /** Keeps on reading the mutes. */
  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Whether a mute covers what this address does at this time; `false` where it is not known. */
  covers(address: Address, at: number): boolean {
    if (!this.#all.has(address) || this.#options.clock.monotonic() - this.#readAt > validMs) return false;
    return this.#muted.some(({ mute, addresses }) => isInForce(mute, at) && addresses.has(address));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#options.clock.sleep(intervalMs, signal);
      if (!signal.aborted) await this.read();
    }
  }
}

interface MutedRange {
  readonly mute: Mute;
  readonly range: AddressRange;
  readonly addresses: AddressSet;
}

/** `undefined` for what is no source, and for an address in one zone: the store decides on that alone. */
function mutedRange(mute: Mute): MutedRange | undefined {
  const { target } = mute;
  if (target.kind !== "source" || target.first.includes("%")) return undefined;
  const range = {
    family: familyOf(target.first),
    first: addressToBigInt(target.first),
    last: addressToBigInt(target.last),
  };
  return { mute, range, addresses: new AddressSet([range]) };
}
