import type { OwnPorts } from "../../core/own-ports.ts";
import type { ScanEngine, ScanJob, ScanObserver, ScanResult } from "../../core/scan-engine.ts";
import type { ScanPlan } from "../../core/watch.ts";

/** Any scanner, without findings on ports that this program listens on: an external scanner may probe decoys. */
export class WithoutOwnPorts<Plan extends ScanPlan> implements ScanEngine<Plan> {
  readonly #engine: ScanEngine<Plan>;
  readonly #own: () => OwnPorts;

  constructor(engine: ScanEngine<Plan>, own: () => OwnPorts) {
    this.#engine = engine;
    this.#own = own;
  }

  scan(job: ScanJob<Plan>, observer: ScanObserver, signal: AbortSignal): Promise<ScanResult> {
    const own = this.#own();
    return this.#engine.scan(
      job,
      {
        async sighted(batch) {
          const found = batch.filter(({ address, port }) => !own.has(address, port));
          if (found.length > 0) await observer.sighted(found);
        },
        progress: observer.progress === undefined ? undefined : (step) => observer.progress?.(step),
      },
      signal,
    );
  }
}
