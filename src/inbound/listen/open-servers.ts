import { once } from "node:events";
import net from "node:net";
import { systemCode } from "../../core/errors.ts";
import type { Port } from "../../core/ports.ts";
import { type BindFailure, bindError } from "./bind-error.ts";
import { disablePretenuring } from "./disable-pretenuring.ts";

/** Length of the kernel's accept queue; the system may allow less (net.core.somaxconn). */
const backlog = 8192;

/** Ports that are opened concurrently. */
const atOnce = 256;

export interface OpenServersOptions {
  /** Addresses to bind; empty: every address of this machine. */
  readonly hosts: readonly string[];
  readonly ports: readonly Port[];
  /** Makes the server; called once for each address and port. */
  readonly create: (place: Place) => net.Server;
}

/** An address and a port to listen on. */
export interface Place {
  readonly host: string;
  readonly port: Port;
  /** Accepts IPv6 only: an IPv6 address is listened on separately from IPv4. */
  readonly ipv6Only: boolean;
}

/** A key that is equal for places with equal sockets. */
export function placeKey({ host, port, ipv6Only }: Place): string {
  return `${host} ${port}${ipv6Only ? " IPv6 only" : ""}`;
}

export interface OpenedServers {
  readonly servers: readonly net.Server[];
  /** In no order. */
  readonly failures: readonly (Place & BindFailure)[];
}

/**
 * Opens every port on every address, or none.
 *
 * "Every address of this machine" is one socket on `::` that accepts IPv4 too, so that a range of ports needs half
 * the descriptors. On a system without IPv6 it is `0.0.0.0`.
 * @throws HarbingerError `address-in-use`, `permission` or `config`, naming the ports
 */
export async function openServers(options: OpenServersOptions): Promise<net.Server[]> {
  const places = await placesOf(options);
  const { servers, failures } = await openPlaces(places, { create: options.create, untilFailure: true });
  if (failures.length === 0) return [...servers];
  await closeServers(servers);
  throw bindError(failures);
}

/** Every address with every port, as `openServers` opens them. */
export async function placesOf(options: Pick<OpenServersOptions, "hosts" | "ports">): Promise<readonly Place[]> {
  const hosts = options.hosts.length > 0 ? options.hosts : [await anyAddress()];
  const hasIpv4 = hosts.some((host) => !host.includes(":"));
  return hosts.flatMap((host) =>
    options.ports.map((port) => ({ host, port, ipv6Only: hasIpv4 && host.includes(":") })),
  );
}

/** Opens the `places` that can be opened. */
export async function openPlaces(
  places: readonly Place[],
  options: Pick<OpenServersOptions, "create"> & { readonly untilFailure: boolean },
): Promise<OpenedServers> {
  disablePretenuring();
  const servers: net.Server[] = [];
  const failures: (Place & BindFailure)[] = [];
  for (let from = 0; from < places.length; from += atOnce) {
    if (options.untilFailure && failures.length > 0) break;
    const opening = places.slice(from, from + atOnce).map(async (place) => {
      const server = options.create(place);
      try {
        await listen(server, { ...place, backlog });
        servers.push(server);
      } catch (error) {
        failures.push({ ...place, error });
      }
    });
    await Promise.all(opening);
  }
  return { servers, failures };
}

async function listen(server: net.Server, options: net.ListenOptions): Promise<void> {
  const listening = once(server, "listening");
  server.listen(options);
  await listening;
}

/** Stops accepting. Resolves when the last connection is closed. */
export async function closeServers(servers: readonly net.Server[]): Promise<void> {
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
}

async function anyAddress(): Promise<string> {
  const server = net.createServer();
  try {
    await listen(server, { host: "::", port: 0 });
    return "::";
  } catch (error) {
    const code = systemCode(error);
    if (code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL" || code === "EINVAL") return "0.0.0.0";
    throw error;
  } finally {
    if (server.listening) await closeServers([server]);
  }
}
