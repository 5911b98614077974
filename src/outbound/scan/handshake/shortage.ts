const firstBackOffMs = 20;
const maxBackOffMs = 1000;

/**
 * A local shortage (descriptors, ports, buffers), from the first failure until something could be asked again. Each
 * further failure after a back-off doubles the next one.
 */
export class Shortage {
  #backOffMs = 0;
  #until = 0;
  #since: number | undefined;
  #code: string | undefined;

  /** When the next connect may be tried. */
  get until(): number {
    return this.#until;
  }

  /** The error of a shortage that still lasts. */
  get code(): string | undefined {
    return this.#code;
  }

  /** @returns true where this failure starts a new back-off, false where it belongs to the one under way */
  met(code: string, now: number): boolean {
    this.#since ??= now;
    this.#code = code;
    if (now < this.#until) return false;
    this.#backOffMs = Math.min(maxBackOffMs, Math.max(firstBackOffMs, this.#backOffMs * 2));
    this.#until = now + this.#backOffMs;
    return true;
  }

  /** How long nothing could be asked at all. */
  lastsMs(now: number): number {
    return this.#since === undefined ? 0 : now - this.#since;
  }

  /** A connect was accepted by the system and came to its end. */
  over(): void {
    this.#since = undefined;
    this.#code = undefined;
    this.#backOffMs = 0;
  }
}
