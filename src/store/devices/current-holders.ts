import { type Kysely, sql } from "kysely";
import { answeringFirst } from "../../core/device-store.ts";
import type { PresenceState } from "../../core/store.ts";
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

/** The device at each host, by the first endpoint of the host. A host whose address several devices have is none of theirs. */
export async function currentHolders(reader: Kysely<Tables>): Promise<ReadonlyMap<Endpoint, Holder>> {
  const { rows } = await sql<HolderRow>`
    select h.address, h.mac, d.vendor, d.is_approved, d.state
    from device_addresses h join devices d on d.site = h.site and d.mac = h.mac
    where h.site = 'local' and h.is_current = 1`.execute(reader);
  const byAddress = Map.groupBy(rows, ({ address }) => addressFromKey(address));
  const endpoints = await firstEndpoints(reader, [...byAddress.keys()]);
  const holders = new Map<Endpoint, Holder>();
  for (const [address, all] of byAddress) {
    const [holder, ...others] = answeringFirst(all);
    const first = endpoints.get(address);
    if (holder === undefined || first === undefined || others.length > 0) continue;
    const { mac, vendor, is_approved: isApproved } = holder;
    holders.set(first, { mac, vendor: vendor ?? undefined, isApproved: isApproved === 1 });
  }
  return holders;
}

interface HolderRow {
  readonly address: Uint8Array;
  readonly mac: string;
  readonly vendor: string | null;
  readonly is_approved: number;
  readonly state: PresenceState;
}
