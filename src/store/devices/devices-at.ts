import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Address } from "../../core/address.ts";
import type { Mac } from "../../core/device.ts";
import { shownName } from "../../core/device-names.ts";
import type { DevicesThere, DeviceThere } from "../../core/store.ts";
import type { Dialect } from "../database.ts";
import { addressFromKey } from "../keys/address-key.ts";
import type { Endpoint } from "../keys/endpoint.ts";
import { firstEndpoints } from "../keys/first-endpoints.ts";
import type { Tables } from "../tables.ts";
import { holdersOf } from "./holders.ts";
import { readNames } from "./stored-names.ts";

/** Keys in one statement. */
const keysAtOnce = 500;

/** The devices that have each of these addresses now: two queries for a page of rows, so that a long list costs no join. */
async function devicesAt(
  reader: Kysely<Tables>,
  addresses: readonly Address[],
): Promise<ReadonlyMap<Address, readonly DeviceThere[]>> {
  const holders = await holdersOf(reader, [...new Set(addresses)]);
  const macs = [...new Set([...holders.values()].flat())];
  const devices = new Map<string, DeviceThere>();
  for (let from = 0; from < macs.length; from += keysAtOnce) {
    const rows = await reader
      .selectFrom("devices")
      .select(["mac", "own_name", "names", "vendor", "is_approved"])
      .where("site", "=", "local")
      .where("mac", "in", macs.slice(from, from + keysAtOnce))
      .execute();
    for (const { mac, own_name: ownName, names, vendor, is_approved: isApproved } of rows) {
      const all = readNames(names);
      devices.set(mac, {
        // Only `parseMac` makes what is written to this column.
        mac: mac as Mac,
        name: shownName(ownName, all),
        names: namesOf(ownName, all),
        vendor: vendor ?? undefined,
        approved: isApproved === 1,
      });
    }
  }
  return new Map([...holders].map(([address, held]) => [address, held.flatMap((mac) => devices.get(mac) ?? [])]));
}

/** Adds to hosts or services the device at their address, or all of several that have it, and whether a check found them exposed. */
export async function withDetails<Row extends { readonly address: Address }>(
  reader: Kysely<Tables>,
  rows: readonly Row[],
  isExposed: (index: number) => boolean,
): Promise<readonly (Row & DevicesThere & { readonly exposed?: true })[]> {
  const devices = await devicesAt(
    reader,
    rows.map(({ address }) => address),
  );
  return rows.map((row, index) => {
    const [device, ...others] = devices.get(row.address) ?? [];
    return {
      ...row,
      ...(device === undefined ? {} : others.length === 0 ? { device } : { sharedBy: [device, ...others] }),
      ...(isExposed(index) ? { exposed: true as const } : {}),
    };
  });
}

function namesOf(ownName: string | null, names: ReturnType<typeof readNames>): readonly string[] {
  return [...new Set([...(ownName === null ? [] : [ownName]), ...names.map(({ name }) => name)])];
}

/** What a service is searched by, of the device that has its address. */
export interface DeviceMatch {
  readonly mac?: string | undefined;
  /** Parts of texts in printable ASCII, whatever the case. */
  readonly vendor?: string | undefined;
  readonly name?: string | undefined;
}

/**
 * The hosts whose device fits, by the first endpoint of each of its addresses. There are few devices, so that a list asks
 * for them once, before it reads its services.
 */
export async function hostsOfDevices(
  reader: Kysely<Tables>,
  dialect: Dialect,
  { mac, vendor, name }: DeviceMatch,
): Promise<readonly Endpoint[]> {
  const fits: RawBuilder<SqlBool>[] = [];
  if (mac !== undefined) fits.push(sql`d.mac = ${mac}`);
  if (vendor !== undefined) fits.push(dialect.contains(sql`d.vendor`, vendor));
  // The column has JSON, which writes some characters in another way: names are compared below.
  const rows = await reader
    .selectFrom("device_addresses as a")
    .innerJoin("devices as d", (join) => join.onRef("d.mac", "=", "a.mac").onRef("d.site", "=", "a.site"))
    .select(["a.address", "d.own_name", "d.names"])
    .where("a.site", "=", "local")
    .where("a.is_current", "=", 1)
    .where(fits.length === 0 ? sql<SqlBool>`1 = 1` : sql.join<SqlBool>(fits, sql` and `))
    .execute();
  const wanted = name?.toLowerCase();
  const found = rows.filter(
    ({ own_name: ownName, names }) =>
      wanted === undefined || namesOf(ownName, readNames(names)).some((each) => each.toLowerCase().includes(wanted)),
  );
  const endpoints = await firstEndpoints(
    reader,
    found.map(({ address }) => addressFromKey(address)),
  );
  return [...endpoints.values()];
}
