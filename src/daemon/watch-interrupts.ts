import type { Watch } from "../core/watch.ts";
import type { OutboundStages } from "../outbound/flow.ts";

interface Begun {
  readonly ending: AbortController;
  /** Its remaining stages. */
  readonly open: Set<"devices" | "check">;
}

/** Tracks the running watches, and can stop a single one. */
export class WatchInterrupts {
  readonly #begun = new Map<string, Begun>();

  /** Wraps stages so that each watch can be stopped. */
  over(stages: OutboundStages): OutboundStages {
    return {
      ...stages,
      signalOf: ({ name }) => (this.#begun.get(name) ?? newBegun()).ending.signal,
      devices: (scan, signal) => this.#ends(scan.watch, "devices", stages.devices(scan, signal)),
      check: (scan, signal) => this.#ends(scan.watch, "check", stages.check(scan, signal)),
    };
  }

  /** Registers watches that are about to run. */
  begin(watches: readonly Watch[]): void {
    for (const { name } of watches) this.#begun.set(name, newBegun());
  }

  /** Call when all started work has ended. */
  clear(): void {
    this.#begun.clear();
  }

  /** Whether it is waiting for its scan, scanning, or in a later stage. */
  isRunning(name: string): boolean {
    return this.#begun.has(name);
  }

  /** Stops its run. Results so far are kept and reported; nothing is marked as missing. */
  stop(name: string): void {
    this.#begun.get(name)?.ending.abort();
  }

  async #ends({ name }: Watch, stage: "devices" | "check", work: Promise<void>): Promise<void> {
    try {
      await work;
    } finally {
      const begun = this.#begun.get(name);
      begun?.open.delete(stage);
      if (begun?.open.size === 0) this.#begun.delete(name);
    }
  }
}

function newBegun(): Begun {
  return { ending: new AbortController(), open: new Set(["devices", "check"]) };
}
