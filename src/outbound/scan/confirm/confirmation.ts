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
  /** Addresses that cannot be hosts. */
  readonly hostless: readonly AddressRange[];
  readonly budget: ConnectBudget;
  readonly neighbours: () => NeighbourTable;
  readonly observer: ScanObserver;
  readonly signal: AbortSignal;
}

/** With this many unconfirmed sightings the engine waits. */
const maxUnconfirmed = 2048;
/** Endpoints that are remembered, so that one that is reported twice is probed once. */
const maxRemembered = 65_536;

/**
 * Confirms the sightings of one scan. Unconfirmed ones wait here for a handshake; then they go to the
 * observer or into the notes. Memory is bounded: an engine that reports more than there is room for waits.
 */
export class Confirmation implements AsyncDisposable {
  readonly #options: ConfirmationOptions;
  readonly #exclude: AddressSet;
  readonly #hostless: AddressSet;
  readonly #tally = new ConfirmationTally();
  readonly #outlet: SightingOutlet;
  readonly #unconfirmed = new Map<number, Sighting>();
  readonly #reported = new Set<string>();
  readonly #onAbort = () => this.#passAllUnconfirmed();
  #prober: EndpointProber | undefined;
  #lastId = 0;
  #failure: { readonly error: unknown } | undefined;
  #isFlushDue = false;
  #outcome = Promise.withResolvers<void>();

  constructor(options: ConfirmationOptions) {
    this.#options = options;
    this.#exclude = new AddressSet(options.exclude);
    this.#hostless = new AddressSet(options.hostless);
    this.#outlet = new SightingOutlet(options.observer, (error) => {
      this.#failure ??= { error };
      this.#unconfirmed.clear();
      this.#signalOutcome();
    });
  }

  start(): void {
    this.#options.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** How many sightings did not complete the handshake. */
  get dropped(): number {
    return this.#tally.dropped;
  }

  /** Further notes for the result of the scan; call it after {@link finish}. */
  notes(engine: string): string[] {
    return this.#tally.notes(engine);
  }

  /** Takes the sightings of the engine. Resolves when there is room for more; rejects where the observer does. */
  async take(batch: readonly Sighting[]): Promise<void> {
    for (const sighting of batch) {
      if (sighting.unconfirmed === undefined) this.#outlet.add(sighting);
      else this.#confirm(sighting);
      while (this.#unconfirmed.size >= maxUnconfirmed) await this.#outcome.promise;
    }
    await this.#drain();
  }

  /** Resolves when every handshake has its outcome and the observer has all sightings; rejects where it does. */
  async finish(): Promise<void> {
    while (this.#unconfirmed.size > 0) await this.#outcome.promise;
    await this.#drain();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#unconfirmed.clear();
    await this.#prober?.[Symbol.asyncDispose]();
  }

  async #drain(): Promise<void> {
    await this.#outlet.drain();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #confirm(sighting: Sighting): void {
    const endpoint = `${sighting.address} ${sighting.port}`;
    if (this.#reported.has(endpoint) || this.#failure !== undefined) return;
    if (this.#reported.size < maxRemembered) this.#reported.add(endpoint);
    this.#tally.reported();
    if (sighting.unconfirmed === "elsewhere") this.#passUnconfirmed(sighting, unconfirmedBecause.elsewhere);
    else if (this.#exclude.has(sighting.address)) this.#passUnconfirmed(sighting, unconfirmedBecause.excluded);
    else if (this.#options.signal.aborted) this.#passUnconfirmed(sighting, unconfirmedBecause.aborted);
    else this.#probe(sighting);
  }

  #probe(sighting: Sighting): void {
    this.#prober ??= this.#startProber();
    this.#lastId += 1;
    this.#unconfirmed.set(this.#lastId, sighting);
    this.#prober.probe(this.#lastId, sighting.address, sighting.port);
  }

  #startProber(): EndpointProber {
    const { clock, limits, budget, neighbours } = this.#options;
    const prober = new EndpointProber({
      clock,
      limits,
      budget,
      neighbours: neighbours(),
      room: maxUnconfirmed,
      onOutcome: (id, state, code) => this.#evaluate(id, state, code),
    });
    prober.start();
    return prober;
  }

  #evaluate(id: number, state: ProbeState, code: string): void {
    const sighting = this.#unconfirmed.get(id);
    if (sighting === undefined) return;
    this.#unconfirmed.delete(id);
    if (state === "open") this.#pass(sighting);
    // A host cannot have such an address, even if something answered for it.
    else if (state === "local-error" && this.#hostless.has(sighting.address)) this.#tally.drop(sighting, "unreachable");
    else if (state === "local-error") this.#passUnconfirmed(sighting, describeLocalError(code));
    else this.#tally.drop(sighting, state);
    this.#signalOutcome();
  }

  /** There is no time left for handshakes: what was found counts as open. */
  #passAllUnconfirmed(): void {
    for (const sighting of this.#unconfirmed.values()) this.#passUnconfirmed(sighting, unconfirmedBecause.aborted);
    this.#unconfirmed.clear();
    this.#signalOutcome();
  }

  #passUnconfirmed(sighting: Sighting, reason: string): void {
    this.#tally.passUnconfirmed(sighting, reason);
    this.#pass(sighting);
  }

  #pass({ unconfirmed: _unconfirmed, ...sighting }: Sighting): void {
    this.#outlet.add(sighting);
    if (this.#isFlushDue) return;
    // Together with the other outcomes of this turn of the event loop.
    this.#isFlushDue = true;
    setImmediate(() => {
      this.#isFlushDue = false;
      this.#outlet.flush();
    });
  }

  #signalOutcome(): void {
    this.#outcome.resolve();
    this.#outcome = Promise.withResolvers();
  }
}
