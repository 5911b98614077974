import { compareAddresses } from "../../../core/address.ts";
import type { Endpoint } from "../../../core/connection.ts";
import { hostLiteral } from "../../../core/host-literal.ts";
import { everyPort } from "../../../core/ports.ts";
import { safeText } from "../../../core/safe-text.ts";

/** Endpoints that the text lists. */
const maxListed = 10;

/** Counts endpoints, and lists the first of them. */
export class EndpointList {
  count = 0;
  readonly #first: Endpoint[] = [];

  add({ address, port }: Endpoint): void {
    this.count += 1;
    if (this.#first.length < maxListed) this.#first.push({ address, port });
  }

  toString(): string {
    const more = this.count - this.#first.length;
    // They were probed in parallel, so the order of the answers means nothing.
    const texts = this.#first
      .toSorted((one, other) => compareAddresses(one.address, other.address) || one.port - other.port)
      .map(endpointText);
    return more === 0 ? texts.join(", ") : `${texts.join(", ")} and ${more} more`;
  }
}

function endpointText({ address, port }: Endpoint): string {
  const host = safeText(hostLiteral(address), { limit: 100 });
  return port === everyPort ? `${host} (every port)` : `${host}:${port}`;
}
