import type { ScanEngine, ScanJob, ScanObserver, ScanResult } from "../../core/scan-engine.ts";
import type { CommandPlan, ConnectPlan, NmapPlan } from "../../core/watch.ts";

export interface ExternalEngines {
  readonly nmap: ScanEngine<NmapPlan>;
  readonly command: ScanEngine<CommandPlan>;
}

export interface Engines {
  readonly connect: ScanEngine<ConnectPlan>;
  /** Asked for at the first plan that needs one of them. */
  readonly external: () => Promise<ExternalEngines>;
}

/** The engine of each plan, as one engine: a watch says how it scans, and nobody else needs to know. */
export class PlanEngine implements ScanEngine {
  readonly #engines: Engines;
  #external: Promise<ExternalEngines> | undefined;

  constructor(engines: Engines) {
    this.#engines = engines;
  }

  async scan(job: ScanJob, observer: ScanObserver, signal: AbortSignal): Promise<ScanResult> {
    const { plan } = job;
    switch (plan.engine) {
      case "connect":
        return await this.#engines.connect.scan({ ...job, plan }, observer, signal);
      case "nmap":
        return await (await this.#loaded()).nmap.scan({ ...job, plan }, observer, signal);
      case "command":
        return await (await this.#loaded()).command.scan({ ...job, plan }, observer, signal);
      case "none":
        return { status: "failed", engine: "none", coverage: { kind: "none" }, reason: plan.reason, notes: [] };
    }
  }

  /** The same engines for all scans: they share limits. */
  #loaded(): Promise<ExternalEngines> {
    this.#external ??= this.#engines.external();
    return this.#external;
  }
}
