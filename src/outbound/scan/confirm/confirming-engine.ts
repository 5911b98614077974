import type { AddressRange } from "../../../core/network.ts";
import type { ScanEngine, ScanJob, ScanObserver, ScanProgress, ScanResult } from "../../../core/scan-engine.ts";
import type { ScanPlan } from "../../../core/watch.ts";
import { interfaceNetworks } from "../../../platform/interface-networks.ts";
import { hostlessAddresses } from "../targets/hostless.ts";
import { Confirmation } from "./confirmation.ts";
import { type HandshakesOptions, handshakesOptions } from "./handshakes.ts";

export interface ConfirmingEngineOptions<Plan extends ScanPlan> extends Partial<HandshakesOptions> {
  /** The engine whose findings are confirmed. */
  readonly engine: ScanEngine<Plan>;
  /** Never contacted; what the engine reports there is passed on without a handshake. */
  readonly exclude?: readonly AddressRange[];
}

/**
 * Any scanner, with a full handshake of our own for each open port that it saw half-open, because middleboxes forge SYN-ACKs
 * and a false alert costs trust. A port that does not complete the handshake is not passed on; one that cannot be probed
 * (a local shortage, `scope.exclude`) is. The notes of the scan list both. Status and coverage stay those of the engine.
 *
 * An address outside of `scope.allow` is confirmed like any other, because the user's own command line has probed it already.
 */
export class ConfirmingEngine<Plan extends ScanPlan> implements ScanEngine<Plan> {
  readonly #engine: ScanEngine<Plan>;
  readonly #exclude: readonly AddressRange[];
  readonly #handshakes: HandshakesOptions;

  constructor(options: ConfirmingEngineOptions<Plan>) {
    this.#engine = options.engine;
    this.#exclude = options.exclude ?? [];
    this.#handshakes = handshakesOptions(options);
  }

  async scan(job: ScanJob<Plan>, observer: ScanObserver, signal: AbortSignal): Promise<ScanResult> {
    await using confirmation = new Confirmation({
      ...this.#handshakes,
      exclude: this.#exclude,
      hostless: hostlessAddresses(interfaceNetworks()),
      observer,
      signal,
    });
    confirmation.start();
    let latest: ScanProgress | undefined;
    const progress = (step: ScanProgress) => {
      latest = step;
      observer.progress?.({ ...step, found: Math.max(0, step.found - confirmation.dropped) });
    };
    const result = await this.#engine.scan(
      job,
      {
        sighted: (batch) => confirmation.take(batch),
        progress: observer.progress === undefined ? undefined : progress,
      },
      signal,
    );
    await confirmation.finish();
    if (latest !== undefined && confirmation.dropped > 0) progress(latest);
    return { ...result, notes: [...result.notes, ...confirmation.notes(result.engine)] };
  }
}
