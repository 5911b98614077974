import type { Kysely } from "kysely";
import type { Address } from "../../core/address.ts";
import type { Port } from "../../core/ports.ts";
import type { Tables } from "../tables.ts";
import { type Endpoint, ipv4Endpoint, ipv6Endpoint, ipv6SortKey, isIpv4 } from "./endpoint.ts";

/** `undefined` where no scan has ever sighted the IPv6 address. */
export async function findEndpoint(
  reader: Kysely<Tables>,
  address: Address,
  port: Port,
): Promise<Endpoint | undefined> {
  if (isIpv4(address)) return ipv4Endpoint(address, port);
  const row = await reader
    .selectFrom("ipv6_addresses")
    .select("id")
    .where("sort_key", "=", ipv6SortKey(address))
    .executeTakeFirst();
  return row === undefined ? undefined : ipv6Endpoint(row.id, port);
}
