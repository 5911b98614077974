import { type Kysely, sql } from "kysely";
import type { Address } from "../../core/address.ts";
import type { ConnectionSource, SourceHolder, StoredConnection } from "../../core/connection-store.ts";
import type { Dialect } from "../database.ts";
import { sourceHolders } from "../devices/device-briefs.ts";
import { addressKey } from "../keys/address-key.ts";
import { firstEndpoints } from "../keys/first-endpoints.ts";
import type { Tables } from "../tables.ts";
import { lastCounted } from "./count-sources.ts";
import { parseOrigin } from "./origin-text.ts";

/** Marks the connections whose source is also a host or a device that is known. */
export async function withKnown<Connection extends StoredConnection>(
  reader: Kysely<Tables>,
  dialect: Dialect,
  connections: readonly Connection[],
): Promise<readonly Connection[]> {
  const known = await knownAmong(reader, dialect, [...new Set(connections.map(({ peer }) => peer.address))]);
  if (known.size === 0) return connections;
  return connections.map((connection) => ({ ...connection, ...known.get(connection.peer.address) }));
}

/** What scans know of a source: part of a connection from it, and of what is listed of it. */
export interface KnownSource {
  readonly isKnown: true;
  readonly holder?: SourceHolder;
}

/** Of some addresses those at which a scan found a service, or that a device of an own network has now. */
export async function knownAmong(
  reader: Kysely<Tables>,
  dialect: Dialect,
  addresses: readonly Address[],
): Promise<ReadonlyMap<Address, KnownSource>> {
  const known = new Map<Address, KnownSource>();
  for (const [address, holder] of await sourceHolders(reader, addresses)) known.set(address, { isKnown: true, holder });
  for (const address of await withServices(reader, dialect, addresses))
    if (!known.has(address)) known.set(address, { isKnown: true });
  return known;
}

async function withServices(
  reader: Kysely<Tables>,
  dialect: Dialect,
  addresses: readonly Address[],
): Promise<readonly Address[]> {
  const found = await firstEndpoints(reader, addresses);
  const firsts = new Map([...found].map(([address, first]) => [first, address]));
  if (firsts.size === 0) return [];
  // As a value, which is looked up for each: PostgreSQL would otherwise compare the addresses with all services.
  const { rows } = await sql<{ first: number }>`
    select i.value as first from ${dialect.integers([...firsts.keys()])} where (
      select s.endpoint from services s
      where s.site = 'local' and s.endpoint >= i.value and s.endpoint <= i.value + 65535
      order by s.endpoint limit 1) is not null`.execute(reader);
  return rows.flatMap(({ first }) => firsts.get(Number(first)) ?? []);
}

export async function selectSource(
  reader: Kysely<Tables>,
  dialect: Dialect,
  address: Address,
): Promise<ConnectionSource | undefined> {
  const key = addressKey(address);
  const { rows } = await sql<{ count: number; first_at: number; last_at: number; origin: string | null }>`
    select sum(e.count) as count, min(e.first_at) as first_at, max(e.last_at) as last_at,
      (select o.origin from origins o where o.address = ${key}) as origin
    from (
      select s.count, s.first_at, s.last_at from sources s where s.peer = ${key}
      union all
      select count(*), min(c.at), max(c.at) from connections c where c.peer = ${key} and c.rowid > ${lastCounted}) e`.execute(
    reader,
  );
  const [row] = rows;
  if (row === undefined || Number(row.count) === 0) return undefined;
  const known = await knownAmong(reader, dialect, [address]);
  return {
    address,
    count: Number(row.count),
    firstAt: Number(row.first_at),
    lastAt: Number(row.last_at),
    origin: row.origin === null ? undefined : parseOrigin(row.origin),
    isKnown: false,
    ...known.get(address),
  };
}
