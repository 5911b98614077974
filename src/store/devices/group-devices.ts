/** Groups of devices with the number of each, and the devices of one group as a condition. */
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Address } from "../../core/address.ts";
import type { DeviceGroupQuery } from "../../core/device-store.ts";
import type { Page } from "../../core/page.ts";
import type { ChosenGroup, RowGroup } from "../../core/row-groups.ts";
import { subnetOf } from "../../core/subnet.ts";
import { pageOfGroups } from "../group-pages.ts";
import { addressFromKey, addressKey } from "../keys/address-key.ts";
import type { Tables } from "../tables.ts";

/** Bytes of a key: the family and the address, without a zone. */
const ipv4Bytes = 5;
const ipv6Bytes = 17;

/** The bytes of the key of an address that are the same in its subnet, before its zone. */
const subnetBytes = sql`case when length(h.address) = ${sql.lit(ipv4Bytes)} then substr(h.address, 1, 4) else substr(h.address, 1, 9) end`;
const zoneBytes = sql`substr(h.address, ${sql.lit(ipv6Bytes + 1)})`;

/** Over `devices d`: its addresses now, as `device_addresses h`. */
const itsAddresses = sql`h.site = d.site and h.mac = d.mac and h.is_current = 1`;

/** @param where over `devices d` */
export async function selectDeviceGroups(
  reader: Kysely<Tables>,
  where: RawBuilder<SqlBool>,
  query: DeviceGroupQuery,
): Promise<Page<RowGroup>> {
  const groups = query.by === "vendor" ? await byVendor(reader, where) : await bySubnet(reader, where);
  return pageOfGroups(groups, query);
}

async function byVendor(reader: Kysely<Tables>, where: RawBuilder<SqlBool>): Promise<readonly RowGroup[]> {
  const { rows } = await sql<{ vendor: string | null; count: number }>`
    select d.vendor, count(*) as count from devices d where ${where} group by d.vendor`.execute(reader);
  return rows.map(({ vendor, count }) => ({ key: vendor ?? undefined, count: Number(count) }));
}

/** A device with addresses in several subnets is in each of them. */
async function bySubnet(reader: Kysely<Tables>, where: RawBuilder<SqlBool>): Promise<readonly RowGroup[]> {
  const { rows } = await sql<{ subnet: Uint8Array; zone: Uint8Array; count: number }>`
    select ${subnetBytes} as subnet, ${zoneBytes} as zone, count(distinct d.mac) as count
    from devices d join device_addresses h on ${itsAddresses}
    where ${where} group by 1, 2`.execute(reader);
  const without = await sql<{ count: number }>`
    select count(*) as count from devices d where ${where} and ${inSubnet(undefined)}`.execute(reader);
  const count = Number(without.rows[0]?.count ?? 0);
  return [
    ...rows.map((row) => ({ key: subnetOf(firstAddress(row)), count: Number(row.count) })),
    ...(count === 0 ? [] : [{ count }]),
  ];
}

function firstAddress({ subnet, zone }: { readonly subnet: Uint8Array; readonly zone: Uint8Array }): Address {
  const key = new Uint8Array((subnet[0] === 4 ? ipv4Bytes : ipv6Bytes) + zone.length);
  key.set(subnet);
  key.set(zone, key.length - zone.length);
  return addressFromKey(key);
}

/** Over `devices d`. */
export function deviceGroupFilter(group: ChosenGroup): RawBuilder<SqlBool> {
  if (group.by === "subnet") return inSubnet(group.subnet?.first);
  if (group.by === "vendor")
    return group.vendor === undefined ? sql`d.vendor is null` : sql`d.vendor = ${group.vendor}`;
  return sql`1 = 0`;
}

function inSubnet(first: Address | undefined): RawBuilder<SqlBool> {
  if (first === undefined) return sql`not exists (select 1 from device_addresses h where ${itsAddresses})`;
  const key = addressKey(first);
  const bytes = key.length === ipv4Bytes ? 4 : 9;
  return sql`exists (
    select 1 from device_addresses h where ${itsAddresses}
      and ${subnetBytes} = ${key.slice(0, bytes)} and ${zoneBytes} = ${key.slice(ipv6Bytes)})`;
}
