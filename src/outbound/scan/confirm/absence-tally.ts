import type { Endpoint } from "../../../core/connection.ts";
import { maxExceptions } from "../../../core/coverage.ts";
import { EndpointList } from "./endpoint-list.ts";

/** Different reasons that are kept apart; the codes of the system are few. */
const maxReasons = 16;

/** Why nobody looked at an endpoint, as it stands in the reason of a scan. */
export const notLookedBecause = {
  excluded: "scope.exclude forbids to contact them",
  elsewhere:
    "the command line looks from another place or in a way of its own; -Pn without --open makes nmap say what it asked",
  tooLong: "there were too many to ask in the time given",
} as const;

/** What came of the endpoints that a watch knows and a scanner did not name. */
export class AbsenceTally {
  readonly #open = new EndpointList();
  readonly #notLooked = new Map<string, EndpointList>();
  readonly #except: string[] = [];
  #isFull = false;

  /** Endpoints of which nothing can be concluded; `undefined` past {@link maxExceptions} of them. */
  get except(): readonly string[] | undefined {
    return this.#isFull ? undefined : this.#except;
  }

  /** @param isDue the scanner was told to ask it; else that cannot be told */
  stillOpen(endpoint: Endpoint, isDue: boolean): void {
    this.#open.add(endpoint);
    if (!isDue) this.exempt(endpoint);
  }

  notLooked(endpoint: Endpoint, reason: string): void {
    this.exempt(endpoint);
    const key = this.#notLooked.has(reason) || this.#notLooked.size < maxReasons ? reason : "of other reasons";
    const list = this.#notLooked.get(key) ?? new EndpointList();
    list.add(endpoint);
    this.#notLooked.set(key, list);
  }

  exempt({ address, port }: Endpoint): void {
    if (this.#except.length < maxExceptions) this.#except.push(`${address} ${port}`);
    else this.#isFull = true;
  }

  /** Why the scan is not complete. @param who who did not name them: `nmap`, `the command` */
  reasons(who: string): string[] {
    return [...this.#notLooked].map(
      ([reason, list]) =>
        `${known(list.count, "endpoint")} that ${who} did not name could not be asked, because ${reason}: ${list}`,
    );
  }

  notes(who: string): string[] {
    if (this.#open.count === 0) return [];
    return [
      `${known(this.#open.count, "open port")} that ${who} did not name took a handshake, so not gone: ${this.#open}`,
    ];
  }
}

function known(count: number, what: string): string {
  return `${count} known ${what}${count === 1 ? "" : "s"}`;
}
