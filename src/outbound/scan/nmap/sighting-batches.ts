import type { Address } from "../../../core/address.ts";
import type { ScanObserver } from "../../../core/scan-engine.ts";
import type { Sighting } from "../../../core/sighting.ts";
import { type NmapHost, sightingsOf } from "../../../wire/nmap-xml/host.ts";
import { EndpointSet } from "../endpoint-set.ts";

const batchSize = 500;
/** Endpoints that are kept as probed and not open; further ones are not proven. */
const maxProofs = 1_000_000;
/** Names in a command line whose addresses are kept. */
const maxTargetNames = 10_000;

/** Passes hosts to the observer in batches, each endpoint once, up to a limit. */
export class SightingBatches {
  readonly #observer: ScanObserver;
  readonly #limit: number;
  readonly #unconfirmed: Sighting["unconfirmed"];
  readonly #seen = new Set<string>();
  readonly #timedOut: Address[] = [];
  #batch: Sighting[] = [];
  readonly #refused = new EndpointSet(maxProofs);
  readonly #silent = new EndpointSet(maxProofs);
  readonly #targetNames = new Map<string, Address>();
  #timedOutCount = 0;
  #full = false;

  /** @param options `unconfirmed`: the value for sightings without a handshake */
  constructor(observer: ScanObserver, options: { readonly limit: number } & Pick<Sighting, "unconfirmed">) {
    this.#observer = observer;
    this.#limit = options.limit;
    this.#unconfirmed = options.unconfirmed;
  }

  get found(): number {
    return this.#seen.size;
  }

  /** The limit was reached, and further endpoints were dropped. */
  get full(): boolean {
    return this.#full;
  }

  /** Hosts on which nmap gave up; addresses of the first 1000. */
  get timedOut(): { readonly count: number; readonly addresses: readonly Address[] } {
    return { count: this.#timedOutCount, addresses: this.#timedOut };
  }

  readonly take = async (hosts: readonly NmapHost[]): Promise<void> => {
    for (const host of hosts) {
      if (host.timedOut) {
        this.#timedOutCount += 1;
        if (this.#timedOut.length < 1000) this.#timedOut.push(host.address);
      }
      for (const [port, proof] of host.notOpen ?? []) {
        (proof === "refused" ? this.#refused : this.#silent).add(host.address, port);
      }
      if (host.targetName !== undefined && this.#targetNames.size < maxTargetNames) {
        this.#targetNames.set(host.targetName, host.address);
      }
      for (const sighting of sightingsOf(host, this.#unconfirmed)) {
        const key = `${sighting.address} ${sighting.port}`;
        if (this.#seen.has(key)) continue;
        if (this.#seen.size === this.#limit) {
          this.#full = true;
          return;
        }
        this.#seen.add(key);
        this.#batch.push(sighting);
        if (this.#batch.length >= batchSize) await this.flush();
      }
    }
  };

  async flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length > 0) await this.#observer.sighted(batch);
  }

  /** The address that nmap used for a name in the command line, where it reports it. */
  get targetNames(): ReadonlyMap<string, Address> {
    return this.#targetNames;
  }

  /** Whether nmap reports that it probed this endpoint and that it is not open; with `silent`, also if it got no answer. */
  isNotOpen(address: Address, port: number, silent: boolean): boolean {
    return this.#refused.has(address, port) || (silent && this.#silent.has(address, port));
  }

  /** Whether this endpoint was sighted. */
  has(address: Address, port: number): boolean {
    return this.#seen.has(`${address} ${port}`);
  }
}
