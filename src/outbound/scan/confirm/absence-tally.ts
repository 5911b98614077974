import type { Endpoint } from "../../../core/connection.ts";
import { maxExceptions } from "../../../core/coverage.ts";
import { EndpointList } from "./endpoint-list.ts";
import { EndpointsByReason } from "./endpoints-by-reason.ts";

/** Why an endpoint was not probed, as part of the reason of a scan. */
export const notProbedBecause = {
  excluded: "scope.exclude lists them",
  elsewhere:
    "the command line scans from another place or in a different way; with -Pn and without --open nmap reports what it probed",
  stopped: "the scan was stopped",
  tooLong: "there were too many for the time limit",
} as const;

/** The outcomes of known endpoints that a scanner did not report. */
export class AbsenceTally {
  readonly #open = new EndpointList();
  readonly #notProbed = new EndpointsByReason();
  readonly #except: string[] = [];
  #isFull = false;

  /** Endpoints whose absence cannot be concluded; `undefined` with more than {@link maxExceptions}. */
  get except(): readonly string[] | undefined {
    return this.#isFull ? undefined : this.#except;
  }

  /** @param isRequested the scanner was to probe it; false where that is not known */
  stillOpen(endpoint: Endpoint, isRequested: boolean): void {
    this.#open.add(endpoint);
    if (!isRequested) this.exempt(endpoint);
  }

  notProbed(endpoint: Endpoint, reason: string): void {
    this.exempt(endpoint);
    this.#notProbed.add(endpoint, reason);
  }

  exempt({ address, port }: Endpoint): void {
    if (this.#except.length < maxExceptions) this.#except.push(`${address} ${port}`);
    else this.#isFull = true;
  }

  /** Why the scan is not complete. @param scanner `nmap` or `the command` */
  reasons(scanner: string): string[] {
    return this.#notProbed.map(
      (reason, list) =>
        `${known(list.count, "endpoint")} that ${scanner} did not report could not be probed, because ${reason}: ${list}`,
    );
  }

  notes(scanner: string): string[] {
    if (this.#open.count === 0) return [];
    return [
      `${known(this.#open.count, "open port")} that ${scanner} did not report completed a handshake, so not gone: ${this.#open}`,
    ];
  }
}

function known(count: number, what: string): string {
  return `${count} known ${what}${count === 1 ? "" : "s"}`;
}
