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

/** `not-asked`: it was ended before there was an outcome. `code` is the system's error of a `local-error`. */
export interface HandshakeOutcome {
  readonly state: ProbeState | "not-asked";
  readonly code: string;
}

/** Past this many endpoints that are asked and not yet settled, there is no room for more. */
const roomFor = 2048;
/** Who found room may ask a few at once. */
const sparePlaces = 64;
/** Most of those that are asked here are silent, so many are waited for. */
const maxUnderWay = 1024;

/** Handshakes with single endpoints, each as a promise; {@link EndpointProber} starts with the first. */
export class Handshakes implements AsyncDisposable {
  readonly #options: HandshakesOptions;
  readonly #waiting = new Map<number, (outcome: HandshakeOutcome) => void>();
  #prober: EndpointProber | undefined;
  #lastId = 0;
  #isOver = false;
  #settled = Promise.withResolvers<void>();

  constructor(options: HandshakesOptions) {
    this.#options = options;
  }

  /** Resolves when a few more may be asked; before {@link ask}. */
  async room(): Promise<void> {
    while (this.#waiting.size >= roomFor) await this.#settled.promise;
  }

  ask(address: Address, port: Port): Promise<HandshakeOutcome> {
    if (this.#isOver) return Promise.resolve({ state: "not-asked", code: "" });
    this.#prober ??= this.#start();
    this.#lastId += 1;
    const { promise, resolve } = Promise.withResolvers<HandshakeOutcome>();
    this.#waiting.set(this.#lastId, resolve);
    this.#prober.probe(this.#lastId, address, port);
    return promise;
  }

  /** What has no outcome yet gets `not-asked`, and so does everything that is asked from here on. */
  end(): void {
    this.#isOver = true;
    for (const id of [...this.#waiting.keys()]) this.#settle(id, { state: "not-asked", code: "" });
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
      room: roomFor + sparePlaces,
      maxUnderWay,
      onOutcome: (id, state, code) => this.#settle(id, { state, code }),
    });
    prober.start();
    return prober;
  }

  #settle(id: number, outcome: HandshakeOutcome): void {
    this.#waiting.get(id)?.(outcome);
    this.#waiting.delete(id);
    this.#settled.resolve();
    this.#settled = Promise.withResolvers();
  }
}
