import { type Address, addressToBigInt, familyOf } from "../../../core/address.ts";
import { rangeSize } from "../../../core/network.ts";
import type { NeighbourTable } from "./neighbours.ts";
import type { Route } from "./routes.ts";

/** Shorter than any time-out, so that a missing link is noticed before a probe counts as silent. */
const checkEveryMs = 25;

/**
 * Remembers when each network interface of this machine last had no link. A probe that was sent at that time never left
 * the machine, so the missing answer is no evidence about the target.
 */
export class LinkMonitor {
  /** The most specific first, then the one with the lowest metric: the first that contains an address is used. */
  readonly #routes: readonly Route[];
  readonly #names: readonly string[];
  readonly #isUp: (link: string) => boolean;
  readonly #downAt = new Map<string, number>();
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor({ routes, isUp }: Pick<NeighbourTable, "routes" | "isUp">) {
    this.#routes = routes.toSorted((a, b) => Number(rangeSize(a) - rangeSize(b)) || a.metric - b.metric);
    this.#names = [...new Set(routes.map(({ link }) => link))].filter((link) => link !== "lo");
    this.#isUp = isUp;
  }

  /** Checks the interfaces if the last check is old enough; call it often while probes are in flight. */
  update(now: number): void {
    if (now - this.#checkedAt < checkEveryMs) return;
    this.#checkedAt = now;
    for (const link of this.#names) if (!this.#isUp(link)) this.#downAt.set(link, now);
  }

  /** Whether the interface that sends to `address` had no link at a check at `since` or later. */
  wasDown(address: Address, since: number, now: number): boolean {
    this.update(now);
    if (this.#downAt.size === 0) return false;
    const link = this.#linkTo(address);
    return link !== undefined && (this.#downAt.get(link) ?? Number.NEGATIVE_INFINITY) >= since;
  }

  #linkTo(address: Address): string | undefined {
    const [, zone] = address.split("%", 2);
    if (zone !== undefined) return zone;
    const family = familyOf(address);
    const value = addressToBigInt(address);
    return this.#routes.find((route) => route.family === family && route.first <= value && value <= route.last)?.link;
  }
}
