import type { Address } from "../../../core/address.ts";
import type { Clock } from "../../../core/clock.ts";
import { describeLocalError } from "../../../core/connect-error.ts";
import type { Endpoint } from "../../../core/connection.ts";
import { coverageTest } from "../../../core/coverage.ts";
import { type AddressRange, AddressSet } from "../../../core/network.ts";
import type { OwnPorts } from "../../../core/own-ports.ts";
import { everyPort, type Port } from "../../../core/ports.ts";
import type { ScanObserver, Silence } from "../../../core/scan-engine.ts";
import { interfaceNetworks } from "../../../platform/interface-networks.ts";
import { SightingOutlet } from "../handshake/sighting-outlet.ts";
import { hostlessAddresses } from "../targets/hostless.ts";
import { AbsenceTally, notLookedBecause } from "./absence-tally.ts";
import { Handshakes, type HandshakesOptions } from "./handshakes.ts";

export interface AbsenceCheckOptions extends HandshakesOptions {
  readonly clock: Clock;
  readonly silence: Silence;
  /** The ports of the watch. */
  readonly ports: readonly Port[];
  readonly wasSighted: (address: Address, port: Port) => boolean;
  /** Never contacted. */
  readonly exclude: readonly AddressRange[];
  /** What this program listens on itself: not contacted, and as good as closed. */
  readonly own: OwnPorts;
  readonly observer: ScanObserver;
  readonly signal: AbortSignal;
}

/** A large network that vanished is asked so long; the rest is asked by the next scan. */
const maxMs = 5 * 60_000;
/** Of a host on which every port answered, so many ports are asked: one that refuses is enough. */
const portsOfHost = 16;

/**
 * Looks at every endpoint that is known, due and was not named: a handshake says whether it is gone. What takes it is
 * sighted, or, where it cannot be told whether it is still wanted, left as it is; what cannot be asked is left as it is.
 */
export class AbsenceCheck implements AsyncDisposable {
  readonly #options: AbsenceCheckOptions;
  readonly #tally = new AbsenceTally();
  readonly #handshakes: Handshakes;
  readonly #outlet: SightingOutlet;
  readonly #exclude: AddressSet;
  readonly #hostless = new AddressSet(hostlessAddresses(interfaceNetworks()));
  readonly #isDue: (address: Address, port: Port) => boolean;
  readonly #onAbort = () => this.#handshakes.end();
  readonly #ended = new AbortController();
  #underWay: Promise<void>[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(options: AbsenceCheckOptions) {
    this.#options = options;
    this.#handshakes = new Handshakes(options);
    this.#exclude = new AddressSet(options.exclude);
    this.#isDue = coverageTest(options.silence.due);
    this.#outlet = new SightingOutlet(options.observer, (error) => {
      this.#failure ??= { error };
    });
  }

  /** Rejects as the observer does. */
  async run(known: AsyncIterable<readonly Endpoint[]>): Promise<AbsenceTally> {
    const { clock, signal } = this.#options;
    signal.addEventListener("abort", this.#onAbort, { once: true });
    if (signal.aborted) this.#handshakes.end();
    void clock.sleep(maxMs, this.#ended.signal).then(() => this.#handshakes.end());
    for await (const page of known) {
      for (const endpoint of page) {
        const ports = this.#portsToAsk(endpoint);
        if (ports.length === 0) continue;
        await this.#handshakes.room();
        this.#underWay.push(this.#look(endpoint, ports));
      }
      await this.#settle();
    }
    return this.#tally;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#ended.abort();
    await this.#handshakes[Symbol.asyncDispose]();
  }

  /** None where it was named, is not due, or needs no look; what must not be asked is noted. */
  #portsToAsk(endpoint: Endpoint): readonly Port[] {
    const { silence, ports, wasSighted, own } = this.#options;
    const { address, port } = endpoint;
    if (!this.#isDue(address, port)) return [];
    const unnamed = (port === everyPort ? ports : [port]).filter((each) => !wasSighted(address, each));
    if (unnamed.some((each) => own.has(address, each) || silence.isProof(address, each))) return [];
    // No host has such an address, whoever answered in its name once.
    if (unnamed.length === 0 || this.#hostless.has(address)) return [];
    if (!silence.isFromHere) this.#tally.notLooked(endpoint, notLookedBecause.elsewhere);
    else if (this.#exclude.has(address)) this.#tally.notLooked(endpoint, notLookedBecause.excluded);
    else return unnamed.slice(0, portsOfHost);
    return [];
  }

  async #look(endpoint: Endpoint, ports: readonly Port[]): Promise<void> {
    const { address } = endpoint;
    const outcomes = await Promise.all(ports.map((port) => this.#handshakes.ask(address, port)));
    if (outcomes.some(({ state }) => state === "closed" || state === "filtered" || state === "unreachable")) return;
    const failed = outcomes.find(({ state }) => state !== "open");
    if (failed?.state === "local-error") this.#tally.notLooked(endpoint, describeLocalError(failed.code));
    else if (failed !== undefined) this.#tally.notLooked(endpoint, notLookedBecause.tooLong);
    else this.#foundOpen(endpoint);
  }

  #foundOpen(endpoint: Endpoint): void {
    const { address, port } = endpoint;
    const isDue = this.#options.silence.due.kind === "ranges";
    this.#tally.stillOpen(endpoint, isDue);
    // A few ports of a host say nothing new of it as a whole.
    if (port === everyPort) this.#tally.exempt(endpoint);
    else if (isDue) this.#outlet.add({ address, port });
  }

  async #settle(): Promise<void> {
    await Promise.all(this.#underWay);
    this.#underWay = [];
    await this.#outlet.drain();
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
