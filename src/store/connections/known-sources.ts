import { type Kysely, sql } from "kysely";
import type { Address } from "../../core/address.ts";
import type { ConnectionSource, SourceHolder, StoredConnection } from "../../core/connection-store.ts";
import type { AddressTime } from "../../core/stays.ts";
import type { Dialect } from "../database.ts";
import { holdersDuring } from "../devices/holders.ts";
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
  const known = await knownAmong(
    reader,
    dialect,
    connections.map(({ peer, at }) => ({ address: peer.address, from: at, to: at })),
  );
  return connections.map((connection, place) => {
    const ofIt = known[place];
    return ofIt === undefined ? connection : { ...connection, ...ofIt };
  });
}

/** What scans know of a source: part of a connection from it, and of what is listed of it. */
export interface KnownSource {
  readonly isKnown: true;
  readonly holder?: SourceHolder;
}

/** For each of these, in their order: what is known, where a scan found a service, or a device of an own network had the address then. */
export async function knownAmong(
  reader: Kysely<Tables>,
  dialect: Dialect,
  asked: readonly AddressTime[],
): Promise<readonly (KnownSource | undefined)[]> {
  const holders = await holdersDuring(reader, asked);
  const serving = new Set(await withServices(reader, dialect, [...new Set(asked.map(({ address }) => address))]));
  return asked.map(({ address }, place) => {
    const holder = holders[place];
    if (holder !== undefined) return { isKnown: true, holder };
    return serving.has(address) ? { isKnown: true } : undefined;
  });
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
  const [firstAt, lastAt] = [Number(row.first_at), Number(row.last_at)];
  const [known] = await knownAmong(reader, dialect, [{ address, from: firstAt, to: lastAt }]);
  return {
    address,
    count: Number(row.count),
    firstAt,
    lastAt,
    origin: row.origin === null ? undefined : parseOrigin(row.origin),
    isKnown: false,
    ...known,
  };
}
