import type { Clock } from "../../../core/clock.ts";
import { describeLocalError } from "../../../core/connect-error.ts";
import { type AddressRange, AddressSet } from "../../../core/network.ts";
import type { ProbeState } from "../../../core/probe-state.ts";
import type { ScanObserver } from "../../../core/scan-engine.ts";
import type { Sighting } from "../../../core/sighting.ts";
import type { ConnectBudget } from "../handshake/connect-budget.ts";
import type { NeighbourTable } from "../handshake/neighbours.ts";
import { SightingOutlet } from "../handshake/sighting-outlet.ts";
import type { ScanLimits } from "../schema.ts";
import { ConfirmationTally, unconfirmedBecause } from "./confirmation-tally.ts";
import { EndpointProber } from "./endpoint-prober.ts";

export interface ConfirmationOptions {
  readonly clock: Clock;
  readonly limits: ScanLimits;
  readonly exclude: readonly AddressRange[];
  /** Addresses that can be no host. */
  readonly hostless: readonly AddressRange[];
  readonly budget: ConnectBudget;
  readonly neighbours: () => NeighbourTable;
  readonly observer: ScanObserver;
  readonly signal: AbortSignal;
}

/** Past this many sightings in doubt the engine waits. */
const roomFor = 2048;
/** Endpoints that are remembered, so that one that is named again is not asked again. */
const rememberedEndpoints = 65_536;

/**
 * What becomes of the sightings of one scan. Those in doubt wait here for their handshake; then they go on to the
 * observer or into the notes. Memory is bounded: an engine that names more than there is room for waits.
 */
export class Confirmation implements AsyncDisposable {
  readonly #options: ConfirmationOptions;
  readonly #exclude: AddressSet;
  readonly #hostless: AddressSet;
  readonly #tally = new ConfirmationTally();
  readonly #outlet: SightingOutlet;
  readonly #doubts = new Map<number, Sighting>();
  readonly #named = new Set<string>();
  readonly #onAbort = () => this.#passAll();
  #prober: EndpointProber | undefined;
  #lastId = 0;
  #failure: { readonly error: unknown } | undefined;
  #isFlushDue = false;
  #settled = Promise.withResolvers<void>();

  constructor(options: ConfirmationOptions) {
    this.#options = options;
    this.#exclude = new AddressSet(options.exclude);
    this.#hostless = new AddressSet(options.hostless);
    this.#outlet = new SightingOutlet(options.observer, (error) => {
      this.#failure ??= { error };
      this.#doubts.clear();
      this.#tellSettled();
    });
  }

  start(): void {
    this.#options.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** How many sightings did not take the handshake. */
  get dropped(): number {
    return this.#tally.dropped;
  }

  /** What the result of the scan should say besides; after {@link finish}. */
  notes(engine: string): string[] {
    return this.#tally.notes(engine);
  }

  /** Takes what the engine sighted. Resolves when there is room for more; rejects as the observer does. */
  async take(batch: readonly Sighting[]): Promise<void> {
    for (const sighting of batch) {
      if (sighting.unconfirmed === undefined) this.#outlet.add(sighting);
      else this.#doubt(sighting);
      while (this.#doubts.size >= roomFor) await this.#settled.promise;
    }
    await this.#handOver();
  }

  /** Resolves when nothing is in doubt any more and the observer has what passes on; rejects as it does. */
  async finish(): Promise<void> {
    while (this.#doubts.size > 0) await this.#settled.promise;
    await this.#handOver();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#doubts.clear();
    await this.#prober?.[Symbol.asyncDispose]();
  }

  async #handOver(): Promise<void> {
    await this.#outlet.drain();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #doubt(sighting: Sighting): void {
    const endpoint = `${sighting.address} ${sighting.port}`;
    if (this.#named.has(endpoint) || this.#failure !== undefined) return;
    if (this.#named.size < rememberedEndpoints) this.#named.add(endpoint);
    this.#tally.named();
    if (sighting.unconfirmed === "elsewhere") this.#passUnconfirmed(sighting, unconfirmedBecause.elsewhere);
    else if (this.#exclude.has(sighting.address)) this.#passUnconfirmed(sighting, unconfirmedBecause.excluded);
    else if (this.#options.signal.aborted) this.#passUnconfirmed(sighting, unconfirmedBecause.aborted);
    else this.#ask(sighting);
  }

  #ask(sighting: Sighting): void {
    this.#prober ??= this.#startProber();
    this.#lastId += 1;
    this.#doubts.set(this.#lastId, sighting);
    this.#prober.probe(this.#lastId, sighting.address, sighting.port);
  }

  #startProber(): EndpointProber {
    const { clock, limits, budget, neighbours } = this.#options;
    const prober = new EndpointProber({
      clock,
      limits,
      budget,
      neighbours: neighbours(),
      room: roomFor,
      onOutcome: (id, state, code) => this.#heard(id, state, code),
    });
    prober.start();
    return prober;
  }

  #heard(id: number, state: ProbeState, code: string): void {
    const sighting = this.#doubts.get(id);
    if (sighting === undefined) return;
    this.#doubts.delete(id);
    if (state === "open") this.#pass(sighting);
    // No host has such an address, whoever answered in its name.
    else if (state === "local-error" && this.#hostless.has(sighting.address)) this.#tally.drop(sighting, "unreachable");
    else if (state === "local-error") this.#passUnconfirmed(sighting, describeLocalError(code));
    else this.#tally.drop(sighting, state);
    this.#tellSettled();
  }

  /** No time is left to ask. What was found is true until the contrary is known. */
  #passAll(): void {
    for (const sighting of this.#doubts.values()) this.#passUnconfirmed(sighting, unconfirmedBecause.aborted);
    this.#doubts.clear();
    this.#tellSettled();
  }

  #passUnconfirmed(sighting: Sighting, reason: string): void {
    this.#tally.passUnconfirmed(sighting, reason);
    this.#pass(sighting);
  }

  #pass({ unconfirmed: _unconfirmed, ...sighting }: Sighting): void {
    this.#outlet.add(sighting);
    if (this.#isFlushDue) return;
    // Together with what else is settled in this turn of the event loop.
    this.#isFlushDue = true;
    setImmediate(() => {
      this.#isFlushDue = false;
      this.#outlet.flush();
    });
  }

  #tellSettled(): void {
    this.#settled.resolve();
    this.#settled = Promise.withResolvers();
  }
}
