import type { Address } from "../../../core/address.ts";
import type { Clock } from "../../../core/clock.ts";
import type { Port } from "../../../core/ports.ts";
import type { ProbeState } from "../../../core/probe-state.ts";
import type { ConnectBudget } from "../handshake/connect-budget.ts";
import type { NeighbourTable } from "../handshake/neighbours.ts";
import type { ScanLimits } from "../schema.ts";
import { EndpointProber } from "./endpoint-prober.ts";

export interface HandshakesOptions {
  readonly clock: Clock;
  readonly limits: ScanLimits;
  readonly budget: ConnectBudget;
  readonly neighbours: () => NeighbourTable;
}

/** `not-probed`: {@link Handshakes.end} came before the outcome. `code` is the system's error of a `local-error`. */
export interface HandshakeOutcome {
  readonly state: ProbeState | "not-probed";
  readonly code: string;
}

/** With this many endpoints without an outcome there is no room for more. */
const maxWaiting = 2048;
/** A caller that found room may probe a few endpoints at once. */
const extraRoom = 64;
/** Most endpoints that are probed here are silent, so many must wait at a time. */
const maxInFlight = 1024;

/** Handshakes with single endpoints, each as a promise. The {@link EndpointProber} is created for the first. */
export class Handshakes implements AsyncDisposable {
  readonly #options: HandshakesOptions;
  readonly #waiting = new Map<number, (outcome: HandshakeOutcome) => void>();
  #prober: EndpointProber | undefined;
  #lastId = 0;
  #isEnded = false;
  #outcome = Promise.withResolvers<void>();

  constructor(options: HandshakesOptions) {
    this.#options = options;
  }

  /** Resolves when there is room for a few more; call it before {@link probe}. */
  async room(): Promise<void> {
    while (this.#waiting.size >= maxWaiting) await this.#outcome.promise;
  }

  probe(address: Address, port: Port): Promise<HandshakeOutcome> {
    if (this.#isEnded) return Promise.resolve({ state: "not-probed", code: "" });
    this.#prober ??= this.#start();
    this.#lastId += 1;
    const { promise, resolve } = Promise.withResolvers<HandshakeOutcome>();
    this.#waiting.set(this.#lastId, resolve);
    this.#prober.probe(this.#lastId, address, port);
    return promise;
  }

  /** Everything without an outcome gets `not-probed`, and so does every later {@link probe}. */
  end(): void {
    this.#isEnded = true;
    for (const id of [...this.#waiting.keys()]) this.#finish(id, { state: "not-probed", code: "" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
    await this.#prober?.[Symbol.asyncDispose]();
  }

  #start(): EndpointProber {
    const { clock, limits, budget, neighbours } = this.#options;
    const prober = new EndpointProber({
      clock,
      limits,
      budget,
      neighbours: neighbours(),
      room: maxWaiting + extraRoom,
      maxInFlight,
      onOutcome: (id, state, code) => this.#finish(id, { state, code }),
    });
    prober.start();
    return prober;
  }

  #finish(id: number, outcome: HandshakeOutcome): void {
    this.#waiting.get(id)?.(outcome);
    this.#waiting.delete(id);
    this.#outcome.resolve();
    this.#outcome = Promise.withResolvers();
  }
}
