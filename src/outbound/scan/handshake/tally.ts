import type { Address } from "../../../core/address.ts";
import { maxExceptions } from "../../../core/coverage.ts";
import type { Port } from "../../../core/ports.ts";
import type { ProbeCounts, ProbeState } from "../../../core/probe-state.ts";

/** Counts what endpoints ended as, and remembers those that could not be asked. */
export class Tally {
  readonly #counts: Record<ProbeState, number> = {
    open: 0,
    closed: 0,
    filtered: 0,
    unreachable: 0,
    "local-error": 0,
  };
  readonly #codes = new Map<string, number>();
  readonly #notAsked: string[] = [];
  #settled = 0;

  get counts(): ProbeCounts {
    return { ...this.#counts };
  }

  get settled(): number {
    return this.#settled;
  }

  get open(): number {
    return this.#counts.open;
  }

  get localErrors(): number {
    return this.#counts["local-error"];
  }

  /** `address port` of endpoints with a local error: all, or the first of more than a coverage can except. */
  get notAsked(): readonly string[] {
    return this.#notAsked;
  }

  settle(state: Exclude<ProbeState, "local-error">, count = 1): void {
    this.#settled += count;
    this.#counts[state] += count;
  }

  settleLocalError(code: string, address: Address, port: Port): void {
    this.#settled += 1;
    this.#counts["local-error"] += 1;
    this.#codes.set(code, (this.#codes.get(code) ?? 0) + 1);
    if (this.#notAsked.length < maxExceptions) this.#notAsked.push(`${address} ${port}`);
  }

  /** The code of most local errors. */
  get commonestLocalError(): string | undefined {
    let commonest: string | undefined;
    for (const [code, count] of this.#codes)
      if (commonest === undefined || count > (this.#codes.get(commonest) ?? 0)) commonest = code;
    return commonest;
  }
}
