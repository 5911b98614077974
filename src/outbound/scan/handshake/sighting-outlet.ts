import type { ScanObserver } from "../../../core/scan-engine.ts";
import type { Sighting } from "../../../core/sighting.ts";

/** With this many waiting sightings the scan pauses. */
const maxWaiting = 1024;

/** Passes sightings to the observer, one batch at a time; {@link isFull} shows when too many wait. */
export class SightingOutlet {
  readonly #observer: ScanObserver;
  readonly #onFailure: (error: unknown) => void;
  #waiting: Sighting[] = [];
  #passing: Promise<void> | undefined;

  /** @param onFailure called once, when the observer rejects a batch; nothing is passed on afterwards */
  constructor(observer: ScanObserver, onFailure: (error: unknown) => void) {
    this.#observer = observer;
    this.#onFailure = onFailure;
  }

  add(sighting: Sighting): void {
    this.#waiting.push(sighting);
  }

  get isFull(): boolean {
    return this.#waiting.length >= maxWaiting;
  }

  /** Starts passing on what waits, unless a batch is being passed on. */
  flush(): void {
    if (this.#passing !== undefined || this.#waiting.length === 0) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#passing = this.#passOn(batch);
  }

  /** Resolves when the observer has everything, or has rejected. */
  async drain(): Promise<void> {
    for (;;) {
      this.flush();
      if (this.#passing === undefined) return;
      await this.#passing;
    }
  }

  async #passOn(batch: readonly Sighting[]): Promise<void> {
    try {
      await this.#observer.sighted(batch);
    } catch (error) {
      this.#waiting = [];
      this.#onFailure(error);
    } finally {
      this.#passing = undefined;
    }
  }
}
