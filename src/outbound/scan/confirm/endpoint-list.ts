import { hostLiteral } from "../../../core/address.ts";
import type { Endpoint } from "../../../core/connection.ts";
import { everyPort } from "../../../core/ports.ts";
import { safeText } from "../../../core/safe-text.ts";

/** Endpoints that a text names. */
const shown = 10;

/** How many there are, and the first of them. */
export class EndpointList {
  count = 0;
  readonly #first: string[] = [];

  add({ address, port }: Endpoint): void {
    this.count += 1;
    if (this.#first.length === shown) return;
    const host = safeText(hostLiteral(address), { limit: 100 });
    this.#first.push(port === everyPort ? `${host} (every port)` : `${host}:${port}`);
  }

  toString(): string {
    const more = this.count - this.#first.length;
    return more === 0 ? this.#first.join(", ") : `${this.#first.join(", ")} and ${more} more`;
  }
}
