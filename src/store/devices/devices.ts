import { type Kysely, type RawBuilder, type Selectable, type SqlBool, sql } from "kysely";
import { type Address, compareAddresses } from "../../core/address.ts";
import type { DeviceAddress, DeviceRecord, Mac } from "../../core/device.ts";
import type {
  DeviceGroupQuery,
  DeviceNews,
  DeviceQuery,
  DeviceStore,
  RecordedSurvey,
} from "../../core/device-store.ts";
import { HarbingerError } from "../../core/errors.ts";
import { type Order, type Page, pageOf } from "../../core/page.ts";
import type { RowGroup } from "../../core/row-groups.ts";
import { safeText } from "../../core/safe-text.ts";
import type { Database, Dialect } from "../database.ts";
import { addressFromKey, addressKey } from "../keys/address-key.ts";
import { comparisonOf, directionOf, textOf, valueAndTextOf } from "../keys/cursor-keys.ts";
import type { NamesReadMethods } from "../read-methods.ts";
import type { Tables } from "../tables.ts";
import { deviceGroupFilter, selectDeviceGroups } from "./group-devices.ts";
import { recordDevices } from "./record-devices.ts";
import { readNames } from "./stored-names.ts";

/** UTF-16 units of a name that the owner gives. */
const ownNameLimit = 200;

/** MAC addresses in one statement. */
const macsAtOnce = 500;

export class SqlDeviceStore implements DeviceStore, NamesReadMethods<DeviceStore> {
  readonly readMethods = ["list", "groups", "namesDue"] as const;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  record(survey: RecordedSurvey): Promise<DeviceNews> {
    return this.#database.write((transaction) => recordDevices(transaction, this.#database.dialect, survey));
  }

  async list(query: DeviceQuery): Promise<Page<DeviceRecord>> {
    const { limit, after, address, sort = "mac", order = "ascending" } = query;
    if (sort !== "mac" && address === undefined) return await this.#listSorted({ ...query, sort });
    const filter = deviceFilter(query, this.#database.dialect);
    const rest = { limit: limit + 1, after: after === undefined ? undefined : textOf(after), order, filter };
    const devices = await this.#database.read(async (reader) => {
      const rows =
        address === undefined ? await devicesByMac(reader, rest) : await devicesAt(reader, { ...rest, address });
      const addresses = await addressesOf(
        reader,
        rows.map(({ mac }) => mac),
      );
      return rows.map((row) => toRecord(row, addresses.get(row.mac) ?? []));
    });
    return pageOf(devices, limit, ({ mac }) => [mac]);
  }

  groups(query: DeviceGroupQuery): Promise<Page<RowGroup>> {
    const { address, only } = query;
    const { dialect } = this.#database;
    const all = [deviceFilter(query, dialect)];
    if (address !== undefined) {
      all.push(sql`d.mac in (
        select a.mac from device_addresses a where a.site = 'local' and a.address = ${addressKey(address)})`);
    }
    if (only !== undefined)
      all.push(sql`d.mac in (select r.value ->> 0 from ${dialect.rows(only.map((mac) => [mac]))})`);
    const where = sql<SqlBool>`${sql.join(all, sql` and `)}`;
    return this.#database.read((reader) => selectDeviceGroups(reader, where, query));
  }

  async #listSorted(query: DeviceQuery & { readonly sort: DeviceOrder }): Promise<Page<DeviceRecord>> {
    return await this.#database.read(async (reader) => {
      const { rows, next } = await devicesBy(reader, this.#database.dialect, query);
      const addresses = await addressesOf(
        reader,
        rows.map(({ mac }) => mac),
      );
      const devices = rows.map((row) => toRecord(row, addresses.get(row.mac) ?? []));
      return next === undefined ? { rows: devices } : { rows: devices, next };
    });
  }

  async namesDue({ macs, namedBefore, now }: Parameters<DeviceStore["namesDue"]>[0]): Promise<readonly Mac[]> {
    const fresh = new Set<string>();
    await this.#database.read(async (reader) => {
      for (let from = 0; from < macs.length; from += macsAtOnce) {
        const rows = await reader
          .selectFrom("devices")
          .select("mac")
          .where("site", "=", "local")
          .where("mac", "in", macs.slice(from, from + macsAtOnce))
          .where("named_at", ">=", namedBefore)
          .where("named_at", "<=", now)
          .execute();
        for (const { mac } of rows) fresh.add(mac);
      }
    });
    return macs.filter((mac) => !fresh.has(mac));
  }

  setName(mac: Mac, name: string | undefined): Promise<boolean> {
    const text = name === undefined ? "" : safeText(name, { limit: ownNameLimit }).trim();
    return this.#change(mac, { own_name: text === "" ? null : text });
  }

  setApproved(mac: Mac, approved: boolean): Promise<boolean> {
    return this.#change(mac, { is_approved: approved ? 1 : 0 });
  }

  #change(mac: Mac, values: { own_name: string | null } | { is_approved: number }): Promise<boolean> {
    return this.#database.write(async (transaction) => {
      const result = await transaction
        .updateTable("devices")
        .set(values)
        .where("site", "=", "local")
        .where("mac", "=", mac)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    });
  }
}

type DeviceRow = Selectable<Tables["devices"]>;
type AddressRow = Selectable<Tables["device_addresses"]>;

/** The rest of a list, after the device with this MAC address. */
interface Rest {
  readonly limit: number;
  readonly after: string | undefined;
  readonly order: Order;
  /** Of rows of `devices d`. */
  readonly filter: RawBuilder<SqlBool>;
}

function deviceFilter(query: DeviceQuery, dialect: Dialect): RawBuilder<SqlBool> {
  const { mac, vendor, approved, present, since, group } = query;
  const all = [sql<SqlBool>`d.site = 'local'`];
  if (mac !== undefined) all.push(sql`d.mac = ${mac}`);
  if (vendor !== undefined) all.push(dialect.contains(sql`d.vendor`, vendor));
  if (approved !== undefined) all.push(sql`d.is_approved = ${approved ? 1 : 0}`);
  if (present !== undefined) {
    const states = present ? sql`'present', 'flapping'` : sql`'gone', 'inherited'`;
    all.push(sql`d.state in (${states})`);
  }
  if (since !== undefined) all.push(sql`d.first_seen >= ${since}`);
  if (group !== undefined) all.push(deviceGroupFilter(group));
  return sql.join(all, sql` and `);
}

function devicesByMac(reader: Kysely<Tables>, { limit, after, order, filter }: Rest): Promise<DeviceRow[]> {
  let select = reader.selectFrom("devices as d").selectAll("d").where(filter);
  if (after !== undefined) select = select.where("mac", comparisonOf(order), after);
  return select.orderBy("mac", directionOf(order)).limit(limit).execute();
}

type DeviceOrder = Exclude<NonNullable<DeviceQuery["sort"]>, "mac">;

/** Sorts after every other text. */
const lastText = "\u{10ffff}";

/** There are {@link maxDevices} at most, so that they can be sorted without an index. */
async function devicesBy(
  reader: Kysely<Tables>,
  dialect: Dialect,
  query: DeviceQuery & { readonly sort: DeviceOrder },
): Promise<Page<DeviceRow>> {
  const { sort, limit, after, order = "ascending" } = query;
  const { firstName, bytewise } = dialect;
  const text = (value: RawBuilder<unknown>) => sql`coalesce(lower(${value}), ${sql.lit(lastText)}) ${bytewise}`;
  const key = {
    name: text(sql`coalesce(d.own_name, ${firstName(sql`d.names`)})`),
    vendor: text(sql`d.vendor`),
    firstSeen: sql`d.first_seen`,
    lastSeen: sql`d.last_seen`,
  }[sort];
  const last = after === undefined ? undefined : valueAndTextOf(after);
  if (last !== undefined && (typeof last.value === "string") !== (sort === "name" || sort === "vendor"))
    throw new HarbingerError("usage", "the cursor is not from this list", { remedy: "Start with the first page." });
  const direction = sql.raw(directionOf(order));
  const { rows } = await sql<DeviceRow & { readonly sort_key: string | number }>`
    select t.* from (select d.*, ${key} as sort_key from devices d where ${deviceFilter(query, dialect)}) as t
    ${last === undefined ? sql`` : sql`where (t.sort_key, t.mac) ${sql.raw(comparisonOf(order))} (${last.value}, ${last.text})`}
    order by t.sort_key ${direction}, t.mac ${direction} limit ${limit + 1}`.execute(reader);
  return pageOf(rows, limit, (row) => [row.sort_key, row.mac]);
}

/** Few devices share an address, so they are sorted here, and the cursor is a position in that list. */
async function devicesAt(reader: Kysely<Tables>, query: Rest & { readonly address: Address }): Promise<DeviceRow[]> {
  const select = reader
    .selectFrom("device_addresses as a")
    .innerJoin("devices as d", (join) => join.onRef("d.mac", "=", "a.mac").onRef("d.site", "=", "a.site"))
    .selectAll("d")
    .where("a.site", "=", "local")
    .where("a.address", "=", addressKey(query.address))
    .where(query.filter)
    .orderBy("a.is_current", "desc")
    .orderBy("a.last_seen", "desc")
    .orderBy("d.mac");
  const rows = await select.execute();
  if (query.order === "descending") rows.reverse();
  const place = rows.findIndex(({ mac }) => mac === query.after);
  return rows.slice(place + 1, place + 1 + query.limit);
}

/** Of each device: current ones first, then the latest. */
export async function addressesOf(
  reader: Kysely<Tables>,
  macs: readonly string[],
): Promise<ReadonlyMap<string, readonly AddressRow[]>> {
  const rows: AddressRow[] = [];
  for (let from = 0; from < macs.length; from += macsAtOnce) {
    rows.push(
      ...(await reader
        .selectFrom("device_addresses")
        .selectAll()
        .where("site", "=", "local")
        .where("mac", "in", macs.slice(from, from + macsAtOnce))
        .orderBy("mac")
        .orderBy("is_current", "desc")
        .orderBy("last_seen", "desc")
        .orderBy("address")
        .execute()),
    );
  }
  return Map.groupBy(rows, ({ mac }) => mac);
}

function toRecord(row: DeviceRow, addresses: readonly AddressRow[]): DeviceRecord {
  return {
    // Only `parseMac` makes what is written to this column.
    mac: row.mac as Mac,
    name: row.own_name ?? undefined,
    names: readNames(row.names),
    vendor: row.vendor ?? undefined,
    approved: row.is_approved === 1,
    addresses: addresses.map(toAddress).sort(currentFirst),
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    state: row.state,
  };
}

function toAddress(row: AddressRow): DeviceAddress {
  return {
    address: addressFromKey(row.address),
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    isCurrent: row.is_current === 1,
  };
}

/** Current ones by value, so that a list does not change with each survey; past ones the latest first. */
function currentFirst(a: DeviceAddress, b: DeviceAddress): number {
  if (a.isCurrent !== b.isCurrent) return a.isCurrent ? -1 : 1;
  const age = a.isCurrent ? 0 : b.lastSeen - a.lastSeen;
  return age === 0 ? compareAddresses(a.address, b.address) : age;
}
