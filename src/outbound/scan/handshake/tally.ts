import type { Address } from "../../../core/address.ts";
import { maxExceptions } from "../../../core/coverage.ts";
import type { Port } from "../../../core/ports.ts";
import type { ProbeCounts, ProbeState } from "../../../core/probe-state.ts";

/** Counts endpoints by their final state, and lists those that could not be probed. */
export class Tally {
  readonly #counts: Record<ProbeState, number> = {
    open: 0,
    closed: 0,
    filtered: 0,
    unreachable: 0,
    "local-error": 0,
  };
  readonly #codes = new Map<string, number>();
  readonly #notProbed: string[] = [];
  #done = 0;

  get counts(): ProbeCounts {
    return { ...this.#counts };
  }

  /** Endpoints that have a final state. */
  get done(): number {
    return this.#done;
  }

  get open(): number {
    return this.#counts.open;
  }

  get localErrors(): number {
    return this.#counts["local-error"];
  }

  /** `address port` of endpoints with a local error: all, or the first of more than a coverage can except. */
  get notProbed(): readonly string[] {
    return this.#notProbed;
  }

  add(state: Exclude<ProbeState, "local-error">, count = 1): void {
    this.#done += count;
    this.#counts[state] += count;
  }

  addLocalError(code: string, address: Address, port: Port): void {
    this.#done += 1;
    this.#counts["local-error"] += 1;
    this.#codes.set(code, (this.#codes.get(code) ?? 0) + 1);
    if (this.#notProbed.length < maxExceptions) this.#notProbed.push(`${address} ${port}`);
  }

  get mostCommonLocalError(): string | undefined {
    let mostCommon: string | undefined;
    for (const [code, count] of this.#codes)
      if (mostCommon === undefined || count > (this.#codes.get(mostCommon) ?? 0)) mostCommon = code;
    return mostCommon;
  }
}
