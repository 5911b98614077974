import { type Kysely, type RawBuilder, sql } from "kysely";
import { type ConnectionSummary, maxCounted, peersWithCountry } from "../../core/connection-store.ts";
import { addressFromKey } from "../keys/address-key.ts";
import type { Tables } from "../tables.ts";
import { parseOrigin } from "./origin-text.ts";

/** Groups of listeners and hours at most: a configuration may have had any number of listeners. */
const maxHours = 10_000;

interface Limits {
  readonly since: number;
  readonly top: number;
}

/** The index by time ends each count after {@link maxCounted} rows, whatever the table has. */
export async function summarise(reader: Kysely<Tables>, { since, top }: Limits): Promise<ConnectionSummary> {
  const { rows: first } = await sql<{ at: number }>`
    select c.at from connections c where c.at >= ${since} order by c.at desc limit 1 offset ${maxCounted - 1}`.execute(
    reader,
  );
  const from = first[0]?.at ?? since;
  const counted = sql`from connections c where c.at >= ${from}`;
  const topOf = (column: RawBuilder<unknown>, limit = top) => sql`
    select ${column} as value, count(*) as count, max(c.at) as last_at ${counted}
    group by ${column} order by count(*) desc, ${column} limit ${limit}`;
  const hours = await sql<{ listener: string; hour: number; count: number }>`
    select c.listener, c.at / ${sql.lit(hourMs)} as hour, count(*) as count ${counted}
    group by c.listener, c.at / ${sql.lit(hourMs)} order by c.listener, hour limit ${maxHours}`.execute(reader);
  const peers = await sql<TopRow<Uint8Array> & { origin: string | null }>`
    select t.*, o.origin from (${topOf(sql`c.peer`, Math.max(top, peersWithCountry))}) t left join origins o on o.address = t.value
    order by t.count desc, t.value`.execute(reader);
  const protocols = await sql<TopRow<string>>`${topOf(sql`c.protocol`)}`.execute(reader);
  const ports = await sql<TopRow<number>>`${topOf(sql`c.local_port`)}`.execute(reader);
  const perHour = hours.rows.map(({ listener, hour, count }) => ({
    listener,
    hour: Number(hour),
    count: Number(count),
  }));
  const known = peers.rows.map(({ value, count, last_at, origin }) => ({
    address: addressFromKey(value),
    count: Number(count),
    lastAt: Number(last_at),
    origin: origin === null ? undefined : parseOrigin(origin),
  }));
  return {
    total: perHour.reduce((sum, { count }) => sum + count, 0),
    countedSince: first.length === 0 ? undefined : from,
    hours: perHour,
    peers: known.slice(0, top),
    countries: countriesOf(known).slice(0, top),
    protocols: protocols.rows.map(({ value, count }) => ({ protocol: value, count: Number(count) })),
    ports: ports.rows.map(({ value, count }) => ({ port: value, count: Number(count) })),
  };
}

/** The most frequent one first. */
function countriesOf(peers: ConnectionSummary["peers"]): ConnectionSummary["countries"] {
  const countries = new Map<string, { countryCode: string; country: string | undefined; count: number }>();
  for (const { count, origin } of peers) {
    if (origin?.countryCode === undefined) continue;
    const { countryCode, country } = origin;
    const known = countries.get(countryCode);
    if (known === undefined) countries.set(countryCode, { countryCode, country, count });
    else known.count += count;
  }
  return [...countries.values()].sort((one, other) => other.count - one.count);
}

interface TopRow<Value> {
  readonly value: Value;
  readonly count: number;
  readonly last_at: number;
}

const hourMs = 3_600_000;
