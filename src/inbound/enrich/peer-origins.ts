import pMap from "p-map";
import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { Origin } from "../../core/connection.ts";
import type { FoundOrigin } from "../../core/connection-store.ts";
import { ExpiringCache } from "./expiring-cache.ts";

export interface PeerOriginsOptions {
  readonly clock: Clock;
  /** What this machine knows by itself, without asking others; never rejects. */
  readonly find: (address: Address) => Promise<Origin>;
  readonly keep: (origins: readonly FoundOrigin[]) => Promise<void>;
}

/** Peers that wait: who is left out in a flood is looked up with the next connection. */
const maxQueued = 4096;
const maxRemembered = 16_384;
const knownForMs = 3_600_000;
/** A database may come later. */
const unknownForMs = 600_000;
const atOnce = 16;

/**
 * Stores place and network of the peers of all connections, whether an alert is sent or not. The announcer, which asks name servers too,
 * replaces it where there is an alert.
 */
export class PeerOrigins {
  readonly #options: PeerOriginsOptions;
  readonly #queued = new Set<Address>();
  readonly #recent: ExpiringCache<Address, true>;

  constructor(options: PeerOriginsOptions) {
    this.#options = options;
    this.#recent = new ExpiringCache(maxRemembered, options.clock);
  }

  /** Cheap: called for each connection. */
  see(address: Address): void {
    if (this.#recent.get(address) === undefined && this.#queued.size < maxQueued) this.#queued.add(address);
  }

  /** Stores what is known about the peers that were seen. Rejects as the store does; they stay for the next call then. */
  async store(): Promise<void> {
    if (this.#queued.size === 0) return;
    const { clock, find, keep } = this.#options;
    const origins = await pMap(
      [...this.#queued],
      async (address) => ({ address, origin: await find(address), at: clock.now(), isPartial: true }),
      { concurrency: atOnce },
    );
    await keep(origins.filter(({ origin }) => isKnown(origin)));
    for (const { address, origin } of origins) {
      this.#queued.delete(address);
      this.#recent.set(address, true, isKnown(origin) ? knownForMs : unknownForMs);
    }
  }
}

function isKnown(origin: Origin): boolean {
  return Object.values(origin).some((value) => value !== undefined);
}
