import type { ScanObserver } from "../../../core/scan-engine.ts";
import type { Sighting } from "../../../core/sighting.ts";

/** Past this many waiting sightings the scan pauses. */
const roomFor = 1024;

/** Hands sightings to the observer, one batch at a time, and says when there are too many waiting for it. */
export class SightingOutlet {
  readonly #observer: ScanObserver;
  readonly #onFailure: (error: unknown) => void;
  #waiting: Sighting[] = [];
  #underWay: Promise<void> | undefined;

  /** @param onFailure called once, when the observer refuses a batch; nothing is handed over afterwards */
  constructor(observer: ScanObserver, onFailure: (error: unknown) => void) {
    this.#observer = observer;
    this.#onFailure = onFailure;
  }

  add(sighting: Sighting): void {
    this.#waiting.push(sighting);
  }

  get isFull(): boolean {
    return this.#waiting.length >= roomFor;
  }

  get isBusy(): boolean {
    return this.#underWay !== undefined;
  }

  /** Starts handing over what waits, unless a batch is under way. */
  flush(): void {
    if (this.#underWay !== undefined || this.#waiting.length === 0) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#underWay = this.#hand(batch);
  }

  /** Resolves when everything was taken, or the observer refused. */
  async drain(): Promise<void> {
    for (;;) {
      this.flush();
      if (this.#underWay === undefined) return;
      await this.#underWay;
    }
  }

  async #hand(batch: readonly Sighting[]): Promise<void> {
    try {
      await this.#observer.sighted(batch);
    } catch (error) {
      this.#waiting = [];
      this.#onFailure(error);
    } finally {
      this.#underWay = undefined;
    }
  }
}
