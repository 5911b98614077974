import { type Kysely, sql } from "kysely";
import type { Address } from "../../core/address.ts";
import { type ImportTally, type PlacedService, type ServiceImport, tallyOf } from "../../core/import-store.ts";
import type { Dialect } from "../database.ts";
import { type Endpoint, ipv4Endpoint, ipv6Endpoint, ipv6SortKey, isIpv4 } from "../keys/endpoint.ts";
import { enrolWatch } from "../scans/scans.ts";
import type { Tables } from "../tables.ts";
import { type KnownService, mergeService, type ServiceFacts } from "./merge-service.ts";

interface Context {
  readonly connection: Kysely<Tables>;
  readonly dialect: Dialect;
  readonly options: ServiceImport;
}

/** A service with its key; without one where its IPv6 address is not known yet, which only a trial leaves so. */
interface KeyedService {
  readonly service: PlacedService;
  readonly endpoint: Endpoint | undefined;
}

interface PresenceRow {
  readonly watch_id: number;
  readonly endpoint: number;
  readonly first_seen: number;
  readonly last_seen: number | null;
  readonly state: string;
}

/**
 * Merges services, each endpoint once in a batch, and lets the watches know them.
 * @param connection a transaction, or for a trial one that only reads
 */
export async function importServices(
  connection: Kysely<Tables>,
  dialect: Dialect,
  batch: readonly PlacedService[],
  options: ServiceImport,
): Promise<ImportTally> {
  if (batch.length === 0) return tallyOf([]);
  const context: Context = { connection, dialect, options };
  if (!options.isTrial) await dialect.exclusively("record")?.execute(connection);
  const watches = await watchIds(context, batch);
  const keyed = await keyedServices(context, batch);
  const endpoints = keyed.flatMap(({ endpoint }) => endpoint ?? []);
  const known = await knownServices(context, endpoints);
  const present = await knownPresence(context, endpoints, [...watches.values()]);
  const changed: (readonly [Endpoint, ServiceFacts])[] = [];
  const placed: PresenceRow[] = [];
  const outcomes = keyed.map(({ service, endpoint }) => {
    const stored = endpoint === undefined ? undefined : known.get(endpoint);
    const { facts, ...outcome } = mergeService(stored, service, options.only === undefined);
    const places = placesOf(service, endpoint ?? -1, { watches, present });
    placed.push(...places);
    if (outcome.kind !== "unchanged" && endpoint !== undefined) changed.push([endpoint, facts]);
    return outcome.kind === "unchanged" && places.length > 0 ? { ...outcome, kind: "merged" as const } : outcome;
  });
  if (!options.isTrial) {
    await writeServices(context, changed);
    await writePresence(context, placed, present);
  }
  return tallyOf(outcomes);
}

/** The ids of watches that have begun, by name. A single watch given for the import begins now, if it has not begun. */
async function watchIds({ connection, options }: Context, batch: readonly PlacedService[]) {
  const { only, isTrial } = options;
  const names = only === undefined ? [...new Set(batch.flatMap(({ watches }) => watches))] : [only.name];
  if (names.length === 0) return new Map<string, number>();
  const rows = await connection.selectFrom("watches").select(["id", "name"]).where("name", "in", names).execute();
  const ids = new Map(rows.map(({ id, name }) => [name, id]));
  if (only !== undefined && !ids.has(only.name)) {
    // In a trial no watch has this number, and none has services.
    ids.set(only.name, isTrial ? -1 : await enrolWatch(connection, only.name, only.ports));
  }
  return ids;
}

async function keyedServices(context: Context, batch: readonly PlacedService[]): Promise<readonly KeyedService[]> {
  const six = [...new Set(batch.map(({ address }) => address).filter((address) => !isIpv4(address)))];
  const ids = six.length === 0 ? new Map<Address, number>() : await ipv6Ids(context, six);
  return batch.map((service) => {
    const { address, port } = service;
    if (isIpv4(address)) return { service, endpoint: ipv4Endpoint(address, port) };
    const id = ids.get(address);
    return { service, endpoint: id === undefined ? undefined : ipv6Endpoint(id, port) };
  });
}

async function ipv6Ids({ connection, options }: Context, addresses: readonly Address[]): Promise<Map<Address, number>> {
  const keys = new Map(addresses.map((address) => [ipv6SortKey(address), address]));
  if (!options.isTrial) {
    await connection
      .insertInto("ipv6_addresses")
      .values([...keys].map(([sort_key, address]) => ({ sort_key, address })))
      .onConflict((conflict) => conflict.column("sort_key").doNothing())
      .execute();
  }
  const rows = await connection
    .selectFrom("ipv6_addresses")
    .select(["id", "sort_key"])
    .where("sort_key", "in", [...keys.keys()])
    .execute();
  return new Map(
    rows.flatMap(({ id, sort_key }) => {
      const address = keys.get(sort_key);
      return address === undefined ? [] : [[address, id] as const];
    }),
  );
}

async function knownServices(
  { connection, dialect }: Context,
  endpoints: readonly Endpoint[],
): Promise<ReadonlyMap<Endpoint, KnownService>> {
  // A cross join keeps SQLite to one lookup by primary key for each endpoint and watch.
  const { rows } = await sql<KnownService & { endpoint: number; seen_at: number | null }>`
    select s.endpoint, s.first_seen, s.last_seen, s.hostname, s.mac, s.vendor, s.name, s.product, s.version,
      s.is_inherited, s.last_seen as met_at, (
        select max(coalesce(p.last_seen, w.seen_at)) from watches w cross join presence p
        where p.watch_id = w.id and p.endpoint = s.endpoint
      ) as seen_at
    from ${dialect.integers(endpoints)} cross join services s
    where s.site = 'local' and s.endpoint = i.value`.execute(connection);
  return new Map(
    rows.map(({ endpoint, seen_at, ...row }) => [
      endpoint,
      { ...row, met_at: Math.max(row.met_at, Number(seen_at ?? 0)) },
    ]),
  );
}

async function knownPresence(
  { connection, dialect }: Context,
  endpoints: readonly Endpoint[],
  watches: readonly number[],
): Promise<ReadonlyMap<string, PresenceRow>> {
  if (watches.length === 0 || endpoints.length === 0) return new Map();
  const { rows } = await sql<PresenceRow>`
    select p.watch_id, p.endpoint, p.first_seen, p.last_seen, p.state
    from ${dialect.integers(endpoints)} cross join watches w cross join presence p
    where w.id in (${sql.join(watches)}) and p.watch_id = w.id and p.endpoint = i.value`.execute(connection);
  return new Map(rows.map((row) => [presenceKey(row), row]));
}

function presenceKey({ watch_id, endpoint }: Pick<PresenceRow, "watch_id" | "endpoint">): string {
  return `${watch_id} ${endpoint}`;
}

/** Which watches of the service do not know it yet. */
function placesOf(
  service: PlacedService,
  endpoint: Endpoint,
  known: { readonly watches: ReadonlyMap<string, number>; readonly present: ReadonlyMap<string, PresenceRow> },
): PresenceRow[] {
  const ids = service.watches.flatMap((name) => known.watches.get(name) ?? []);
  return ids.flatMap((watch_id): PresenceRow[] => {
    const before = known.present.get(presenceKey({ watch_id, endpoint }));
    if (before === undefined) {
      const { firstSeen, lastSeen } = service;
      return [{ watch_id, endpoint, first_seen: firstSeen, last_seen: lastSeen, state: "inherited" }];
    }
    const first_seen = Math.min(before.first_seen, service.firstSeen);
    // The times at which a watch saw the service itself are kept.
    const last_seen =
      before.state === "inherited" ? Math.max(before.last_seen ?? 0, service.lastSeen) : before.last_seen;
    if (first_seen === before.first_seen && last_seen === before.last_seen) return [];
    return [{ ...before, first_seen, last_seen }];
  });
}

async function writeServices(
  { connection, dialect }: Context,
  changed: readonly (readonly [Endpoint, ServiceFacts])[],
): Promise<void> {
  if (changed.length === 0) return;
  const rows = changed.map(([endpoint, facts]) => [
    endpoint,
    facts.first_seen,
    facts.last_seen,
    facts.hostname,
    facts.mac,
    facts.vendor,
    facts.name,
    facts.product,
    facts.version,
    facts.is_inherited,
  ]);
  await sql`
    insert into services
      (endpoint, first_seen, last_seen, hostname, mac, vendor, name, product, version, is_inherited, own_seen)
    select cast(r.value ->> 0 as bigint), cast(r.value ->> 1 as bigint), cast(r.value ->> 2 as bigint),
      r.value ->> 3, r.value ->> 4, r.value ->> 5, r.value ->> 6, r.value ->> 7, r.value ->> 8,
      cast(r.value ->> 9 as smallint), cast(r.value ->> 2 as bigint)
    from ${dialect.rows(rows)}
    where true
    on conflict (site, endpoint) do update set first_seen = excluded.first_seen, last_seen = excluded.last_seen,
      hostname = excluded.hostname, mac = excluded.mac, vendor = excluded.vendor, name = excluded.name,
      product = excluded.product, version = excluded.version, is_inherited = excluded.is_inherited,
      own_seen = excluded.own_seen`.execute(connection);
}

async function writePresence(
  { connection, dialect }: Context,
  placed: readonly PresenceRow[],
  present: ReadonlyMap<string, PresenceRow>,
): Promise<void> {
  if (placed.length === 0) return;
  const rows = placed.map((row) => [row.watch_id, row.endpoint, row.state, row.first_seen, row.last_seen]);
  await sql`
    insert into presence (watch_id, endpoint, state, misses, first_seen, last_seen)
    select cast(r.value ->> 0 as bigint), cast(r.value ->> 1 as bigint), r.value ->> 2, 0,
      cast(r.value ->> 3 as bigint), cast(r.value ->> 4 as bigint)
    from ${dialect.rows(rows)}
    where true
    on conflict (watch_id, endpoint) do update set first_seen = excluded.first_seen,
      last_seen = excluded.last_seen`.execute(connection);
  const inheriting = new Set(placed.filter((row) => !present.has(presenceKey(row))).map(({ watch_id }) => watch_id));
  if (inheriting.size === 0) return;
  await connection
    .updateTable("watches")
    .set({ has_inherited: 1 })
    .where("id", "in", [...inheriting])
    .execute();
}
