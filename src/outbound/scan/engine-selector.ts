import type { ScanEngine, ScanJob, ScanObserver, ScanResult } from "../../core/scan-engine.ts";
import type { EngineDefinition, EngineParts } from "./engine-definition.ts";
import { engineOf, noScanMethod } from "./engines.ts";

/**
 * Scans each job with the engine that its plan names. An engine is loaded at its first scan, and then serves all scans, because
 * they share limits.
 */
export class EngineSelector implements ScanEngine {
  readonly #parts: Omit<EngineParts, "anyEngine">;
  readonly #created = new Map<string, Promise<ScanEngine>>();

  constructor(parts: Omit<EngineParts, "anyEngine">) {
    this.#parts = parts;
  }

  async scan(job: ScanJob, observer: ScanObserver, signal: AbortSignal): Promise<ScanResult> {
    const definition = engineOf(job.plan);
    if (definition === undefined) {
      return { status: "failed", engine: "none", coverage: { kind: "none" }, reason: noScanMethod, notes: [] };
    }
    const engine = await this.#engine(definition);
    return await engine.scan(job, observer, signal);
  }

  #engine(definition: EngineDefinition): Promise<ScanEngine> {
    const known = this.#created.get(definition.name);
    if (known !== undefined) return known;
    const created = this.#create(definition);
    this.#created.set(definition.name, created);
    // A shortage of this machine may keep it from loading; the next scan tries again.
    created.catch(() => this.#created.delete(definition.name));
    return created;
  }

  async #create(definition: EngineDefinition): Promise<ScanEngine> {
    const engine = await definition.create({ ...this.#parts, anyEngine: this });
    if (!definition.isExternal) return engine;
    const { checkedEngine } = await import("./checked-engine.ts");
    return checkedEngine(engine, this.#parts);
  }
}
