import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { ServiceFilter, ServiceQuery } from "../../core/store.ts";
import type { Dialect } from "../database.ts";
import { hostsOfDevices } from "../devices/devices-at.ts";
import type { Endpoint } from "../keys/endpoint.ts";
import { isInRange } from "../keys/ipv6-join.ts";
import type { Tables } from "../tables.ts";
import { exposedResultsOf } from "./exposed-services.ts";
import { approvedFilter, groupFilter } from "./group-filter.ts";

/** The conditions of a query, and the database that compares them. */
export interface DatabaseFilter extends ServiceFilter, Pick<ServiceQuery, "service" | "version" | "since"> {
  readonly dialect: Dialect;
  /** The hosts whose devices fit `mac`, `vendor` and `deviceName`. */
  readonly devices: FittingDevices;
}

/** The first endpoints of the hosts of the devices that fit; absent where the query does not ask for it. */
export interface FittingDevices
  extends Readonly<Partial<Record<"mac" | "vendor" | "deviceName", readonly Endpoint[]>>> {
  /** The conditions of the group and of the approval that are asked for. */
  readonly group?: RawBuilder<SqlBool>;
  readonly approved?: RawBuilder<SqlBool>;
}

/** Of a query, what is read once before its services. */
export async function fittingDevices(
  reader: Kysely<Tables>,
  dialect: Dialect,
  { mac, vendor, deviceName, group, approved }: ServiceFilter,
): Promise<FittingDevices> {
  return {
    ...(mac === undefined ? {} : { mac: await hostsOfDevices(reader, dialect, { mac }) }),
    ...(vendor === undefined ? {} : { vendor: await hostsOfDevices(reader, dialect, { vendor }) }),
    ...(deviceName === undefined ? {} : { deviceName: await hostsOfDevices(reader, dialect, { name: deviceName }) }),
    ...(group === undefined ? {} : { group: await groupFilter(reader, dialect, group) }),
    ...(approved === undefined ? {} : { approved: await approvedFilter(reader, dialect, approved) }),
  };
}

/** Rows of `services s` at this site that fit. */
export function serviceFilter(filter: DatabaseFilter): RawBuilder<SqlBool> {
  const { port, watch, state, range, mac, since, exposed, dialect, devices } = filter;
  const all = [sql<SqlBool>`s.site = 'local'`];
  if (port !== undefined) all.push(sql`s.endpoint % 65536 = ${port}`);
  if (range !== undefined) all.push(isInRange("s", range));
  if (mac !== undefined) all.push(orOfDevice(sql`s.mac = ${mac}`, devices.mac, dialect));
  if (exposed !== undefined) {
    all.push(sql`${exposed ? sql`` : sql`not `}exists (${exposedResultsOf("s")})`);
  }
  if (since !== undefined) all.push(sql`s.first_seen >= ${since}`);
  if (devices.group !== undefined) all.push(devices.group);
  if (devices.approved !== undefined) all.push(devices.approved);
  all.push(...textConditions(filter));
  if (watch !== undefined || state !== undefined) {
    const named = watch === undefined ? sql`` : sql`and w.name = ${watch}`;
    const inState = state === undefined ? sql`` : sql`and p.state = ${state}`;
    // A cross join keeps SQLite to this order: the few watches first, then one lookup by primary key in each.
    all.push(sql`exists (
      select 1 from watches w cross join presence p
      where p.watch_id = w.id and p.endpoint = s.endpoint ${named} ${inState})`);
  }
  return sql.join(all, sql` and `);
}

/** For one list of hosts, whatever its length, one value of the statement. */
function orOfDevice(
  condition: RawBuilder<SqlBool>,
  hosts: readonly Endpoint[] | undefined,
  dialect: Dialect,
): RawBuilder<SqlBool> {
  if (hosts === undefined || hosts.length === 0) return condition;
  return sql`(${condition} or s.endpoint - s.endpoint % 65536 in (select i.value from ${dialect.integers(hosts)}))`;
}

function textConditions(filter: DatabaseFilter): RawBuilder<SqlBool>[] {
  const { hostname, vendor, deviceName, service, version, dialect, devices } = filter;
  const contains = (column: string, part: string) => dialect.contains(sql.ref(`s.${column}`), part);
  const all: RawBuilder<SqlBool>[] = [];
  if (hostname !== undefined) all.push(contains("hostname", hostname));
  if (vendor !== undefined) all.push(orOfDevice(contains("vendor", vendor), devices.vendor, dialect));
  if (deviceName !== undefined) all.push(orOfDevice(contains("hostname", deviceName), devices.deviceName, dialect));
  if (version !== undefined) all.push(contains("version", version));
  if (service !== undefined) all.push(sql`(${contains("name", service)} or ${contains("product", service)})`);
  return all;
}
