import type { Stopped } from "../core/stopped.ts";
import type { Watch } from "../core/watch.ts";
import type { OutboundStages } from "../outbound/flow.ts";

interface RunningWatch {
  readonly ending: AbortController;
  /** Its remaining stages. */
  readonly open: Set<"devices" | "check">;
}

/** Tracks the running watches, and can stop a single one. */
export class WatchInterrupts {
  readonly #running = new Map<string, RunningWatch>();
  readonly #changed: (name: string) => void;

  /** @param changed called with the name of a watch when it begins to run, and when its run has ended */
  constructor(changed: (name: string) => void) {
    this.#changed = changed;
  }

  /** Wraps stages so that each watch can be stopped. */
  over(stages: OutboundStages): OutboundStages {
    return {
      ...stages,
      signalOf: ({ name }) => (this.#running.get(name) ?? newRunningWatch()).ending.signal,
      devices: (scan, signal) => this.#ends(scan.watch, "devices", stages.devices(scan, signal)),
      check: (scan, signal) => this.#ends(scan.watch, "check", stages.check(scan, signal)),
    };
  }

  /** Registers watches that are about to run. */
  begin(watches: readonly Watch[]): void {
    for (const { name } of watches) this.#running.set(name, newRunningWatch());
    for (const { name } of watches) this.#changed(name);
  }

  /** Call when all started work has ended. */
  clear(): void {
    const ended = [...this.#running.keys()];
    this.#running.clear();
    for (const name of ended) this.#changed(name);
  }

  /** Whether it is waiting for its scan, scanning, or in a later stage. */
  isRunning(name: string): boolean {
    return this.#running.has(name);
  }

  /** Whether it runs and was told to stop. */
  isStopping(name: string): boolean {
    return this.#running.get(name)?.ending.signal.aborted === true;
  }

  get isAnyRunning(): boolean {
    return this.#running.size > 0;
  }

  /** Stops its run. Results so far are kept and reported; what was not probed by then is not missed. */
  stop(name: string, why: Stopped): void {
    this.#running.get(name)?.ending.abort(why);
  }

  async #ends({ name }: Watch, stage: "devices" | "check", work: Promise<void>): Promise<void> {
    try {
      await work;
    } finally {
      const running = this.#running.get(name);
      running?.open.delete(stage);
      if (running?.open.size === 0) {
        this.#running.delete(name);
        this.#changed(name);
      }
    }
  }
}

function newRunningWatch(): RunningWatch {
  return { ending: new AbortController(), open: new Set(["devices", "check"]) };
}
