const firstBackOffMs = 20;
const maxBackOffMs = 1000;

/**
 * A local shortage (descriptors, ports, buffers), from the first failure until a probe can be sent again. Each failure
 * after a back-off doubles the next back-off.
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

  /** @returns true where this failure starts a new back-off, false where it happened during one */
  failed(code: string, now: number): boolean {
    this.#since ??= now;
    this.#code = code;
    if (now < this.#until) return false;
    this.#backOffMs = Math.min(maxBackOffMs, Math.max(firstBackOffMs, this.#backOffMs * 2));
    this.#until = now + this.#backOffMs;
    return true;
  }

  /** How long the shortage has lasted. */
  lastsMs(now: number): number {
    return this.#since === undefined ? 0 : now - this.#since;
  }

  /** The system accepted a connect, and it ended. */
  over(): void {
    this.#since = undefined;
    this.#code = undefined;
    this.#backOffMs = 0;
  }
}
