import net from "node:net";
import { type Address, addressFromBigInt, familyOf, ipv4FromNumber, parseAddress } from "../../core/address.ts";
import type { Endpoint } from "../../core/connection.ts";
import { systemCode } from "../../core/errors.ts";

const loopback4 = ipv4FromNumber(0x7f000001);
const loopback6 = addressFromBigInt(1n, 6);

/** Maximum number of probes whose connection has not been captured: a rejected one may never be. */
const maxRemembered = 64;

/**
 * Connections that this process makes to its own decoys to check that they accept. They are recognised by their
 * source port, so that they are neither recorded nor reported.
 */
export class OwnProbes {
  /** Connections that were accepted or are being made. */
  accepted = 0;
  readonly #sources = new Set<string>();

  /** Whether this process made the connection. To be called once per connection. */
  take({ address, port }: Endpoint): boolean {
    return this.#sources.size > 0 && this.#sources.delete(keyOf(address, port));
  }

  /** @returns whether the port accepts a connection within `timeoutMs` */
  accepts({ address, port }: Endpoint, timeoutMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const socket = net.connect({ host: address, port });
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    let isAccepted = false;
    this.accepted += 1;
    socket.on("error", (error) => {
      // Accepted and rejected: the connection limit is reached.
      if (systemCode(error) === "ECONNRESET") isAccepted = true;
    });
    socket.on("connect", () => {
      isAccepted = true;
      const source = socket.localAddress === undefined ? undefined : parseAddress(socket.localAddress);
      if (source !== undefined && socket.localPort !== undefined) this.#remember(keyOf(source, socket.localPort));
      socket.destroy();
    });
    socket.on("close", () => {
      clearTimeout(timer);
      if (!isAccepted) this.accepted = Math.max(0, this.accepted - 1);
      resolve(isAccepted);
    });
    return promise;
  }

  #remember(key: string): void {
    this.#sources.add(key);
    const [first] = this.#sources;
    if (first !== undefined && this.#sources.size > maxRemembered) this.#sources.delete(first);
  }
}

function keyOf(address: Address, port: number): string {
  return `${address} ${port}`;
}

/**
 * The endpoints to probe: the first port, over IPv4 and over IPv6. Wildcard addresses are reached by loopback, `::`
 * by both families.
 */
export function probeEndpoints(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const candidates = endpoints.flatMap(({ address, port }) =>
    loopbackOf(address).map((host) => ({ address: host, port })),
  );
  const byFamily = Map.groupBy(candidates, ({ address }) => familyOf(address));
  return [...(byFamily.get(4)?.slice(0, 1) ?? []), ...(byFamily.get(6)?.slice(0, 1) ?? [])];
}

function loopbackOf(address: Address): readonly Address[] {
  if (address === "0.0.0.0") return [loopback4];
  return address === "::" ? [loopback4, loopback6] : [address];
}
