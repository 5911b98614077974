import { Resolver } from "node:dns/promises";
import pMap from "p-map";
import type { Address } from "../../../core/address.ts";
import type { Neighbour } from "../../../core/device.ts";
import { deviceNameOf } from "./device-name.ts";
import type { AddressNames } from "./name-source.ts";

export interface ReverseDnsNamesOptions {
  /** Default: those of the system. */
  readonly servers?: readonly string[];
  readonly parallel: number;
  /** For one question. */
  readonly timeoutMs: number;
}

/** What a host can be called, with the underscore that many reverse zones use. */
const hostName = /^[A-Za-z0-9_.-]+$/;

/** Asks DNS, and the hosts file, for the name of each address; link-local ones are known to no server. */
export class ReverseDnsNames implements AddressNames {
  readonly #options: ReverseDnsNamesOptions;

  constructor(options: ReverseDnsNamesOptions) {
    this.#options = options;
  }

  async namesOf(neighbours: readonly Neighbour[], signal: AbortSignal): Promise<ReadonlyMap<Address, string>> {
    const { parallel, servers, timeoutMs } = this.#options;
    const names = new Map<Address, string>();
    if (signal.aborted) return names;
    const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
    if (servers !== undefined) resolver.setServers([...servers]);
    const cancel = () => resolver.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      await pMap(
        neighbours.filter(({ address }) => !address.includes("%")),
        async ({ address }) => {
          const name = signal.aborted ? undefined : await firstName(resolver, address);
          if (name !== undefined) names.set(address, name);
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
    // Nobody knows it, or nobody answers: no name either way.
    return undefined;
  }
}
