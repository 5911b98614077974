import type { Watch } from "../core/watch.ts";
import type { OutboundStages } from "../outbound/flow.ts";

interface Begun {
  readonly ending: AbortController;
  /** Stages that it still has to go through. */
  readonly open: Set<"devices" | "check">;
}

/** Knows which watches are being run, and can stop one of them alone. */
export class WatchInterrupts {
  readonly #begun = new Map<string, Begun>();

  /** The same stages, each watch of which can be stopped. */
  over(stages: OutboundStages): OutboundStages {
    return {
      ...stages,
      signalOf: ({ name }) => (this.#begun.get(name) ?? newBegun()).ending.signal,
      devices: (scan, signal) => this.#ends(scan.watch, "devices", stages.devices(scan, signal)),
      check: (scan, signal) => this.#ends(scan.watch, "check", stages.check(scan, signal)),
    };
  }

  /** These watches are about to be run. */
  begin(watches: readonly Watch[]): void {
    for (const { name } of watches) this.#begun.set(name, newBegun());
  }

  /** All that was begun is over. */
  clear(): void {
    this.#begun.clear();
  }

  /** Whether it waits for its scan, is scanned, or looks after what its scan met. */
  isRunning(name: string): boolean {
    return this.#begun.has(name);
  }

  /** Stops it where it runs. What its scan met until then is kept and reported; nothing is missed for it. */
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
