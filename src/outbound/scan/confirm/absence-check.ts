import type { Address } from "../../../core/address.ts";
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
import { AbsenceTally, notProbedBecause } from "./absence-tally.ts";
import { type HandshakeOutcome, Handshakes, type HandshakesOptions } from "./handshakes.ts";

export interface AbsenceCheckOptions extends HandshakesOptions {
  readonly silence: Silence;
  /** The ports of the watch. */
  readonly ports: readonly Port[];
  readonly wasSighted: (address: Address, port: Port) => boolean;
  /** Never contacted. */
  readonly exclude: readonly AddressRange[];
  /** The ports on which this program listens: not contacted, and counted as closed. */
  readonly own: OwnPorts;
  readonly observer: ScanObserver;
  readonly signal: AbortSignal;
}

/** The check ends after this time, as for a large network that vanished; the next scan probes the rest. */
const maxMs = 5 * 60_000;
/** Most endpoints that are probed here are silent, so many must wait at a time. */
const maxInFlight = 1024;
/** Of a host on which every port answered, this many ports are probed: one that refuses is enough. */
const maxPortsOfHost = 16;

/**
 * Probes every known endpoint that the scanner was to probe and did not report: a handshake shows whether it is gone. An endpoint that is
 * open is sighted; where the targets are not known exactly, it stays as it is, and so does one that cannot be probed.
 */
export class AbsenceCheck implements AsyncDisposable {
  readonly #options: AbsenceCheckOptions;
  readonly #tally = new AbsenceTally();
  readonly #handshakes: Handshakes;
  readonly #outlet: SightingOutlet;
  readonly #exclude: AddressSet;
  readonly #hostless = new AddressSet(hostlessAddresses(interfaceNetworks()));
  readonly #isRequested: (address: Address, port: Port) => boolean;
  readonly #onAbort = () => this.#handshakes.end();
  readonly #ended = new AbortController();
  #probing: Promise<void>[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(options: AbsenceCheckOptions) {
    this.#options = options;
    this.#handshakes = new Handshakes(options, maxInFlight);
    this.#exclude = new AddressSet(options.exclude);
    this.#isRequested = coverageTest(options.silence.requested);
    this.#outlet = new SightingOutlet(options.observer, (error) => {
      this.#failure ??= { error };
    });
  }

  /** Rejects where the observer does. */
  async run(known: AsyncIterable<readonly Endpoint[]>): Promise<AbsenceTally> {
    const { clock, signal } = this.#options;
    signal.addEventListener("abort", this.#onAbort, { once: true });
    if (signal.aborted) this.#handshakes.end();
    void clock.sleep(maxMs, this.#ended.signal).then(() => this.#handshakes.end());
    for await (const page of known) {
      for (const endpoint of page) {
        const ports = this.#portsToProbe(endpoint);
        if (ports.length === 0) continue;
        await this.#handshakes.room();
        this.#probing.push(this.#probe(endpoint, ports));
      }
      await this.#finishPage();
    }
    return this.#tally;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#ended.abort();
    await this.#handshakes[Symbol.asyncDispose]();
  }

  /** None where the endpoint was reported, was not requested, or needs no probe; one that must not be probed is noted. */
  #portsToProbe(endpoint: Endpoint): readonly Port[] {
    const { silence, ports, wasSighted, own } = this.#options;
    const { address, port } = endpoint;
    if (!this.#isRequested(address, port)) return [];
    const unreported = (port === everyPort ? ports : [port]).filter((each) => !wasSighted(address, each));
    if (unreported.some((each) => own.has(address, each) || silence.isProof(address, each))) return [];
    // A host cannot have such an address, even if one was recorded.
    if (unreported.length === 0 || this.#hostless.has(address)) return [];
    if (!silence.isFromHere) this.#tally.notProbed(endpoint, notProbedBecause.elsewhere);
    else if (this.#exclude.has(address)) this.#tally.notProbed(endpoint, notProbedBecause.excluded);
    else return unreported.slice(0, maxPortsOfHost);
    return [];
  }

  async #probe(endpoint: Endpoint, ports: readonly Port[]): Promise<void> {
    const { address } = endpoint;
    const outcomes = await Promise.all(
      ports.map((port) => new Promise<HandshakeOutcome>((resolve) => this.#handshakes.probe(address, port, resolve))),
    );
    if (outcomes.some(({ state }) => state === "closed" || state === "filtered" || state === "unreachable")) return;
    const failed = outcomes.find(({ state }) => state !== "open");
    if (failed?.state === "local-error") this.#tally.notProbed(endpoint, describeLocalError(failed.code));
    else if (failed !== undefined)
      this.#tally.notProbed(endpoint, notProbedBecause[this.#options.signal.aborted ? "stopped" : "tooLong"]);
    else this.#foundOpen(endpoint);
  }

  #foundOpen(endpoint: Endpoint): void {
    const { address, port } = endpoint;
    const isRequested = this.#options.silence.requested.kind === "ranges";
    this.#tally.stillOpen(endpoint, isRequested);
    // A few ports are no evidence about the host as a whole.
    if (port === everyPort) this.#tally.exempt(endpoint);
    else if (isRequested) this.#outlet.add({ address, port });
  }

  async #finishPage(): Promise<void> {
    await Promise.all(this.#probing);
    this.#probing = [];
    await this.#outlet.drain();
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
