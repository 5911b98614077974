import type { ScanEngine, ScanJob, ScanObserver, ScanResult } from "../../core/scan-engine.ts";
import type { CommandPlan, ConnectPlan, NmapPlan } from "../../core/watch.ts";

/** The engine of each plan, as one engine: a watch says how it scans, and nobody else needs to know. */
export class PlanEngine implements ScanEngine {
  readonly #engines: {
    readonly connect: ScanEngine<ConnectPlan>;
    readonly nmap: ScanEngine<NmapPlan>;
    readonly command: ScanEngine<CommandPlan>;
  };

  constructor(engines: {
    readonly connect: ScanEngine<ConnectPlan>;
    readonly nmap: ScanEngine<NmapPlan>;
    readonly command: ScanEngine<CommandPlan>;
  }) {
    this.#engines = engines;
  }

  scan(job: ScanJob, observer: ScanObserver, signal: AbortSignal): Promise<ScanResult> {
    const { plan } = job;
    switch (plan.engine) {
      case "connect":
        return this.#engines.connect.scan({ ...job, plan }, observer, signal);
      case "nmap":
        return this.#engines.nmap.scan({ ...job, plan }, observer, signal);
      case "command":
        return this.#engines.command.scan({ ...job, plan }, observer, signal);
      case "none":
        return Promise.resolve({
          status: "failed",
          engine: "none",
          coverage: { kind: "none" },
          reason: plan.reason,
          notes: [],
        });
    }
  }
}
