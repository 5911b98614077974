import { type Address, addressToBigInt, familyOf } from "../../../core/address.ts";
import { rangeSize } from "../../../core/network.ts";
import type { NeighbourTable } from "./neighbours.ts";
import type { Route } from "./routes.ts";

/** Shorter than any wait for an answer: what was sent into a link that is down is found out before it counts as silence. */
const lookEveryMs = 25;

/**
 * The network interfaces that this machine sends by, and when each was last seen without a link: what was sent then never
 * left, and its silence says nothing.
 */
export class Links {
  /** The one that is used stands before all others that fit. */
  readonly #routes: readonly Route[];
  readonly #names: readonly string[];
  readonly #isUp: (link: string) => boolean;
  readonly #downAt = new Map<string, number>();
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor({ routes, isUp }: Pick<NeighbourTable, "routes" | "isUp">) {
    this.#routes = routes.toSorted((a, b) => Number(rangeSize(a) - rangeSize(b)) || a.metric - b.metric);
    this.#names = [...new Set(routes.map(({ link }) => link))].filter((link) => link !== "lo");
    this.#isUp = isUp;
  }

  /** Looks at the interfaces from time to time; to be called often while something is under way. */
  update(now: number): void {
    if (now - this.#lookedAt < lookEveryMs) return;
    this.#lookedAt = now;
    for (const link of this.#names) if (!this.#isUp(link)) this.#downAt.set(link, now);
  }

  /** Whether the interface that sends to `address` was seen without a link at `since` or later. */
  wasDownTo(address: Address, since: number, now: number): boolean {
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
