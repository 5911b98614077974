import { describeLocalError } from "../../../core/connect-error.ts";
import { type AddressRange, AddressSet } from "../../../core/network.ts";
import type { ScanObserver } from "../../../core/scan-engine.ts";
import type { Sighting } from "../../../core/sighting.ts";
import { SightingOutlet } from "../handshake/sighting-outlet.ts";
import { ConfirmationTally, unconfirmedBecause } from "./confirmation-tally.ts";
import { type HandshakeOutcome, Handshakes, type HandshakesOptions } from "./handshakes.ts";

export interface ConfirmationOptions extends HandshakesOptions {
  readonly exclude: readonly AddressRange[];
  /** Addresses that cannot be hosts. */
  readonly hostless: readonly AddressRange[];
  readonly observer: ScanObserver;
  readonly signal: AbortSignal;
}

/** These endpoints have answered before: few of them are silent. */
const maxInFlight = 256;
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
  readonly #handshakes: Handshakes;
  readonly #reported = new Set<string>();
  /** There is no time left for handshakes: what was found counts as open. */
  readonly #onAbort = () => this.#handshakes.end();
  #failure: { readonly error: unknown } | undefined;
  #isFlushDue = false;

  constructor(options: ConfirmationOptions) {
    this.#options = options;
    this.#handshakes = new Handshakes(options, maxInFlight);
    this.#exclude = new AddressSet(options.exclude);
    this.#hostless = new AddressSet(options.hostless);
    this.#outlet = new SightingOutlet(options.observer, (error) => {
      this.#failure ??= { error };
      this.#handshakes.end();
    });
  }

  start(): void {
    const { signal } = this.#options;
    signal.addEventListener("abort", this.#onAbort, { once: true });
    if (signal.aborted) this.#handshakes.end();
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
      if (sighting.unconfirmed === undefined) {
        this.#outlet.add(sighting);
        continue;
      }
      await this.#handshakes.room();
      this.#confirm(sighting);
    }
    await this.#drain();
  }

  /** Resolves when every handshake has its outcome and the observer has all sightings; rejects where it does. */
  async finish(): Promise<void> {
    await this.#handshakes.finish();
    await this.#drain();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    await this.#handshakes[Symbol.asyncDispose]();
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
    else this.#handshakes.probe(sighting.address, sighting.port, (outcome) => this.#evaluate(sighting, outcome));
  }

  #evaluate(sighting: Sighting, { state, code }: HandshakeOutcome): void {
    if (this.#failure !== undefined) return;
    if (state === "open") this.#pass(sighting);
    else if (state === "not-probed") this.#passUnconfirmed(sighting, unconfirmedBecause.stopped);
    // A host cannot have such an address, even if something answered for it.
    else if (state === "local-error" && this.#hostless.has(sighting.address)) this.#tally.drop(sighting, "unreachable");
    else if (state === "local-error") this.#passUnconfirmed(sighting, describeLocalError(code));
    else this.#tally.drop(sighting, state);
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
}
