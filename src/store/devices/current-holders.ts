import { type Kysely, sql } from "kysely";
import { addressFromKey } from "../keys/address-key.ts";
import type { Endpoint } from "../keys/endpoint.ts";
import { firstEndpoints } from "../keys/first-endpoints.ts";
import type { Tables } from "../tables.ts";

/** A device that has an address now. */
export interface Holder {
  readonly mac: string;
  readonly vendor: string | undefined;
  readonly isApproved: boolean;
}

/** The device at each host, by the first endpoint of the host; of two, the one that was seen there last. */
export async function currentHolders(reader: Kysely<Tables>): Promise<ReadonlyMap<Endpoint, Holder>> {
  const { rows } = await sql<{ address: Uint8Array; mac: string; vendor: string | null; is_approved: number }>`
    select h.address, h.mac, d.vendor, d.is_approved from device_addresses h join devices d on d.site = h.site and d.mac = h.mac
    where h.site = 'local' and h.is_current = 1 order by h.last_seen, h.mac desc`.execute(reader);
  const held = rows.map(({ address, mac, vendor, is_approved: isApproved }) => ({
    address: addressFromKey(address),
    holder: { mac, vendor: vendor ?? undefined, isApproved: isApproved === 1 },
  }));
  const endpoints = await firstEndpoints(
    reader,
    held.map(({ address }) => address),
  );
  const holders = new Map<Endpoint, Holder>();
  for (const { address, holder } of held) {
    const first = endpoints.get(address);
    if (first !== undefined) holders.set(first, holder);
  }
  return holders;
}
