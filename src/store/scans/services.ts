import { type Kysely, sql } from "kysely";
import { type Address, familyOf } from "../../core/address.ts";
import { type Order, type Page, pageOf } from "../../core/page.ts";
import type { Port } from "../../core/ports.ts";
import type { RowGroup } from "../../core/row-groups.ts";
import type {
  HostQuery,
  HostRecord,
  PresenceState,
  ServiceGroupQuery,
  ServiceQuery,
  ServiceRecord,
  ServiceStore,
} from "../../core/store.ts";
import type { Database } from "../database.ts";
import { withDetails } from "../devices/devices-at.ts";
import { addressAndPortOf, comparisonOf, directionOf } from "../keys/cursor-keys.ts";
import { addressOf, firstIpv6Endpoint, ipv4Endpoint, ipv6SortKey, portOf } from "../keys/endpoint.ts";
import type { NamesReadMethods } from "../read-methods.ts";
import type { Tables } from "../tables.ts";
import { isExposed } from "./exposed-services.ts";
import { selectServiceGroups } from "./group-services.ts";
import { selectHosts } from "./hosts.ts";
import { type DatabaseFilter, fittingDevices, serviceFilter } from "./service-filter.ts";
import { selectServicesByTime } from "./sorted-services.ts";

export class SqlServiceStore implements ServiceStore, NamesReadMethods<ServiceStore> {
  readonly readMethods = ["list", "hosts", "groups", "count"] as const;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(query: ServiceQuery): Promise<Page<ServiceRecord>> {
    const { limit, sort, order = "ascending" } = query;
    if (sort !== undefined && sort !== "address") {
      return await this.#database.read(async (reader) => {
        const { dialect } = this.#database;
        const devices = await fittingDevices(reader, dialect, query);
        const page = await selectServicesByTime<ServiceRow>(reader, { ...query, sort, dialect, devices });
        return { ...page, rows: await this.#records(reader, page.rows, query) };
      });
    }
    const after = query.after === undefined ? undefined : addressAndPortOf(query.after);
    const { dialect } = this.#database;
    const families = order === "ascending" ? [listIpv4, listIpv6] : [listIpv6, listIpv4];
    return await this.#database.read(async (reader) => {
      const devices = await fittingDevices(reader, dialect, query);
      const rows: ServiceRow[] = [];
      for (const list of families) {
        const left = limit + 1 - rows.length;
        if (left > 0) rows.push(...(await list(reader, { ...query, dialect, devices, limit: left, order, after })));
      }
      const services = await this.#records(reader, rows, query);
      return pageOf(services, limit, ({ address, port }) => [address, port]);
    });
  }

  hosts(query: HostQuery): Promise<Page<HostRecord>> {
    return this.#database.read((reader) => selectHosts(reader, this.#database.dialect, query));
  }

  groups(query: ServiceGroupQuery): Promise<Page<RowGroup>> {
    return this.#database.read((reader) => selectServiceGroups(reader, this.#database.dialect, query));
  }

  count(): Promise<number> {
    return this.#database.read(async (reader) => {
      const row = await reader
        .selectFrom("services")
        .select((build) => build.fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      return row.count;
    });
  }

  async #records(
    reader: Kysely<Tables>,
    rows: readonly ServiceRow[],
    query: Pick<ServiceQuery, "detailed">,
  ): Promise<readonly ServiceRecord[]> {
    const services = await this.#withWatches(reader, rows);
    if (query.detailed !== true || services.length === 0) return services;
    const { dialect } = this.#database;
    const endpoints = dialect.integers(rows.map((row) => row.endpoint));
    const where = sql`c.endpoint = i.value and ${isExposed("c")}`;
    const { rows: results } = await sql<{ endpoint: number }>`
      select c.endpoint from ${endpoints} ${dialect.forEach({ table: "check_results", alias: "c", where })}`.execute(
      reader,
    );
    const exposed = new Set(results.map(({ endpoint }) => endpoint));
    return await withDetails(reader, services, (index) => exposed.has(rows[index]?.endpoint ?? -1));
  }

  async #withWatches(reader: Kysely<Tables>, rows: readonly ServiceRow[]): Promise<readonly ServiceRecord[]> {
    if (rows.length === 0) return [];
    const { dialect } = this.#database;
    const endpoints = dialect.integers(rows.map((row) => row.endpoint));
    const where = sql`p.watch_id = w.id and p.endpoint = i.value`;
    const { rows: presence } = await sql<PresenceRow>`
      select p.endpoint, w.name as watch, p.state, coalesce(p.last_seen, w.seen_at) as last_seen
      from ${endpoints} cross join watches w ${dialect.forEach({ table: "presence", alias: "p", where })}
      order by w.id`.execute(reader);
    const byEndpoint = Map.groupBy(presence, (row) => row.endpoint);
    return rows.map((row) => toRecord(row, byEndpoint.get(row.endpoint) ?? []));
  }
}

interface PresenceRow {
  readonly endpoint: number;
  readonly watch: string;
  readonly state: PresenceState;
  readonly last_seen: number | null;
}

/** The rest of a page: a query with its cursor read. */
interface Rest extends DatabaseFilter, Pick<ServiceQuery, "address" | "limit"> {
  readonly order: Order;
  readonly after: { readonly address: Address; readonly port: Port } | undefined;
}

function filtered(reader: Kysely<Tables>, query: Rest) {
  return reader
    .selectFrom("services as s")
    .leftJoin("ipv6_addresses as a", (join) =>
      join.on(sql<boolean>`a.id = (s.endpoint - ${sql.lit(firstIpv6Endpoint)}) / 65536`),
    )
    .selectAll("s")
    .select("a.address as ipv6")
    .where(serviceFilter(query));
}

type ServiceRow = Awaited<ReturnType<ReturnType<typeof filtered>["execute"]>>[number];

/** In the order of the primary key, which is the order of the addresses. */
async function listIpv4(reader: Kysely<Tables>, query: Rest): Promise<ServiceRow[]> {
  const { address, after, order } = query;
  if (address !== undefined && familyOf(address) === 6) return [];
  const isAfterIpv6 = after !== undefined && familyOf(after.address) === 6;
  if (isAfterIpv6 && order === "ascending") return [];
  let select = filtered(reader, query).where("s.site", "=", "local").where("s.endpoint", "<", firstIpv6Endpoint);
  if (address !== undefined) {
    select = select
      .where("s.endpoint", ">=", ipv4Endpoint(address, 0))
      .where("s.endpoint", "<=", ipv4Endpoint(address, 65535));
  }
  if (after !== undefined && !isAfterIpv6) {
    select = select.where("s.endpoint", comparisonOf(order), ipv4Endpoint(after.address, after.port));
  }
  return select.orderBy("s.endpoint", directionOf(order)).limit(query.limit).execute();
}

async function listIpv6(reader: Kysely<Tables>, query: Rest): Promise<ServiceRow[]> {
  const { address, after, order } = query;
  if (address !== undefined && familyOf(address) === 4) return [];
  const isAfterIpv4 = after !== undefined && familyOf(after.address) === 4;
  if (isAfterIpv4 && order === "descending") return [];
  let select = filtered(reader, query).where("s.site", "=", "local").where("s.endpoint", ">=", firstIpv6Endpoint);
  if (address !== undefined) select = select.where("a.sort_key", "=", ipv6SortKey(address));
  const follows = comparisonOf(order);
  if (after !== undefined && !isAfterIpv4) {
    const key = ipv6SortKey(after.address);
    select = select.where((build) =>
      build.or([
        build("a.sort_key", follows, key),
        build.and([build("a.sort_key", "=", key), build(sql<number>`s.endpoint % 65536`, follows, after.port)]),
      ]),
    );
  }
  const direction = directionOf(order);
  return select.orderBy("a.sort_key", direction).orderBy("s.endpoint", direction).limit(query.limit).execute();
}

function toRecord(row: ServiceRow, presence: readonly PresenceRow[]): ServiceRecord {
  return {
    address: addressOf(row.endpoint, row.ipv6) satisfies Address,
    port: portOf(row.endpoint),
    firstSeen: row.first_seen,
    lastSeen: presence.reduce((latest, { last_seen }) => Math.max(latest, last_seen ?? 0), row.own_seen ?? 0),
    hostname: row.hostname ?? undefined,
    mac: row.mac ?? undefined,
    vendor: row.vendor ?? undefined,
    name: row.name ?? undefined,
    product: row.product ?? undefined,
    version: row.version ?? undefined,
    watches: presence.map(({ watch, state }) => ({ watch, state })),
  };
}
