import type { Kysely } from "kysely";
import type { Address } from "../../core/address.ts";
import type { Tables } from "../tables.ts";
import { type Endpoint, ipv4Endpoint, ipv6Endpoint, ipv6SortKey, isIpv4 } from "./endpoint.ts";
import { padded } from "./padded.ts";

/** Keys in one statement. */
const keysAtOnce = 500;

/** Port 0 of each address; an IPv6 address that no scan has sighted has none. */
export async function firstEndpoints(
  reader: Kysely<Tables>,
  addresses: readonly Address[],
): Promise<ReadonlyMap<Address, Endpoint>> {
  const endpoints = new Map<Address, Endpoint>();
  for (const address of addresses) if (isIpv4(address)) endpoints.set(address, ipv4Endpoint(address, 0));
  const ipv6 = [...new Set(addresses)].filter((address) => !isIpv4(address));
  for (let from = 0; from < ipv6.length; from += keysAtOnce) {
    const rows = await reader
      .selectFrom("ipv6_addresses")
      .select(["id", "address"])
      .where("sort_key", "in", padded(ipv6.slice(from, from + keysAtOnce).map(ipv6SortKey)))
      .execute();
    // Only canonical addresses are ever written to that table.
    for (const { id, address } of rows) endpoints.set(address as Address, ipv6Endpoint(id, 0));
  }
  return endpoints;
}
