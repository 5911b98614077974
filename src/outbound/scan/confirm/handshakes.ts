import type { Address } from "../../../core/address.ts";
import type { Clock } from "../../../core/clock.ts";
import type { Port } from "../../../core/ports.ts";
import type { ProbeState } from "../../../core/probe-state.ts";
import { systemClock } from "../../../platform/system-clock.ts";
import { ConnectBudget } from "../handshake/connect-budget.ts";
import { type NeighbourTable, neighbourTable } from "../handshake/neighbours.ts";
import { defaultScanLimits, type ScanLimits } from "../schema.ts";
import { EndpointProber } from "./endpoint-prober.ts";

export interface HandshakesOptions {
  readonly clock: Clock;
  readonly limits: ScanLimits;
  /** Sockets and caps, shared with other scans. */
  readonly budget: ConnectBudget;
  readonly neighbours: () => NeighbourTable;
}

/** The options with their defaults: those of this machine, and a budget that is not shared. */
export function handshakesOptions({
  clock = systemClock,
  limits = defaultScanLimits,
  budget = new ConnectBudget({ limits }),
  neighbours = neighbourTable,
}: Partial<HandshakesOptions>): HandshakesOptions {
  return { clock, limits, budget, neighbours };
}

/** `not-probed`: {@link Handshakes.end} was called before the outcome. `code` is the system's error of a `local-error`. */
export interface HandshakeOutcome {
  readonly state: ProbeState | "not-probed";
  readonly code: string;
}

/** With this many endpoints without an outcome there is no room for more. */
const maxWaiting = 2048;
/** A caller that found room may probe a few endpoints at once. */
const extraRoom = 64;

const notProbed: HandshakeOutcome = { state: "not-probed", code: "" };

/**
 * Handshakes with single endpoints, for the engines that check the findings of others. The {@link EndpointProber} is created for the first. Memory is
 * bounded where callers wait for {@link room}.
 */
export class Handshakes implements AsyncDisposable {
  readonly #options: HandshakesOptions;
  readonly #maxInFlight: number;
  readonly #waiting = new Map<number, (outcome: HandshakeOutcome) => void>();
  #prober: EndpointProber | undefined;
  #lastId = 0;
  #isEnded = false;
  #outcome = Promise.withResolvers<void>();

  /** @param maxInFlight probes in flight, at most: few where most endpoints answer, more where most are silent */
  constructor(options: HandshakesOptions, maxInFlight: number) {
    this.#options = options;
    this.#maxInFlight = maxInFlight;
  }

  /** Resolves when there is room for a few more; call it before {@link probe}. */
  async room(): Promise<void> {
    while (this.#waiting.size >= maxWaiting) await this.#outcome.promise;
  }

  /** Resolves when all endpoints have their outcome. */
  async finish(): Promise<void> {
    while (this.#waiting.size > 0) await this.#outcome.promise;
  }

  probe(address: Address, port: Port, onOutcome: (outcome: HandshakeOutcome) => void): void {
    if (this.#isEnded) {
      onOutcome(notProbed);
      return;
    }
    this.#prober ??= this.#start();
    this.#lastId += 1;
    this.#waiting.set(this.#lastId, onOutcome);
    this.#prober.probe(this.#lastId, address, port);
  }

  /** Everything without an outcome gets `not-probed`, and so does every later {@link probe}. */
  end(): void {
    this.#isEnded = true;
    for (const id of [...this.#waiting.keys()]) this.#pass(id, notProbed);
  }

  /** There are no outcomes any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    this.#waiting.clear();
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
      maxInFlight: this.#maxInFlight,
      onOutcome: (id, state, code) => this.#pass(id, { state, code }),
    });
    prober.start();
    return prober;
  }

  #pass(id: number, outcome: HandshakeOutcome): void {
    const onOutcome = this.#waiting.get(id);
    this.#waiting.delete(id);
    onOutcome?.(outcome);
    this.#outcome.resolve();
    this.#outcome = Promise.withResolvers();
  }
}
