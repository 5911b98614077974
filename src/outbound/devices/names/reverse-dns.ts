import { Resolver } from "node:dns/promises";
import pMap from "p-map";
import type { Address } from "../../../core/address.ts";
import type { Clock } from "../../../core/clock.ts";
import type { Neighbour } from "../../../core/device.ts";
import { deviceNameOf } from "./device-name.ts";
import type { AddressNames } from "./name-source.ts";

export interface ReverseDnsNamesOptions {
  /** DNS servers. Default: those of the system. */
  readonly servers?: readonly string[] | undefined;
  readonly clock: Clock;
  readonly parallel: number;
  /** Per query. */
  readonly timeoutMs: number;
}

/** Queries in a row without an answer after which no more are sent. */
const maxSilences = 16;

/** A host name, with the underscore that many reverse zones use. */
const hostName = /^[A-Za-z0-9_.-]+$/;

/** Queries DNS and the hosts file for the name of each address, without link-local ones, which no server has. */
export class ReverseDnsNames implements AddressNames {
  readonly #options: ReverseDnsNamesOptions;

  constructor(options: ReverseDnsNamesOptions) {
    this.#options = options;
  }

  async namesOf(neighbours: readonly Neighbour[], signal: AbortSignal): Promise<ReadonlyMap<Address, string>> {
    const { clock, parallel, servers, timeoutMs } = this.#options;
    const names = new Map<Address, string>();
    if (signal.aborted) return names;
    const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
    if (servers !== undefined) resolver.setServers([...servers]);
    let silences = 0;
    const cancel = () => resolver.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      await pMap(
        neighbours.filter(({ address }) => !address.includes("%")),
        async ({ address }) => {
          // No answer to the first queries: the server is down, and further queries would only time out.
          if (signal.aborted || silences >= maxSilences) return;
          const start = clock.monotonic();
          const name = await firstName(resolver, address);
          if (name !== undefined) names.set(address, name);
          silences = clock.monotonic() - start < timeoutMs ? 0 : silences + 1;
        },
        { concurrency: parallel },
      );
    } finally {
      signal.removeEventListener("abort", cancel);
    }
    return names;
  }
}

async function firstName(resolver: Resolver, address: Address): Promise<string | undefined> {
  try {
    const answers = await resolver.reverse(address);
    return answers
      .slice(0, 8)
      .filter((text) => hostName.test(text))
      .map((text) => deviceNameOf(text, address))
      .find((name) => name !== undefined);
  } catch {
    // No such name, or no answer: there is no name.
    return undefined;
  }
}
