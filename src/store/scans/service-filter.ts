import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { ServiceFilter, ServiceQuery } from "../../core/store.ts";
import type { Dialect } from "../database.ts";
import { isInRange } from "../keys/ipv6-join.ts";

/** The conditions of a query, and the database that compares them. */
export interface DatabaseFilter extends ServiceFilter, Pick<ServiceQuery, "service" | "version" | "since"> {
  readonly dialect: Dialect;
}

/** Rows of `services s` at this site that fit. */
export function serviceFilter(filter: DatabaseFilter): RawBuilder<SqlBool> {
  const { port, watch, state, range, mac, since } = filter;
  const all = [sql<SqlBool>`s.site = 'local'`];
  if (port !== undefined) all.push(sql`s.endpoint % 65536 = ${port}`);
  if (range !== undefined) all.push(isInRange("s", range));
  if (mac !== undefined) all.push(sql`s.mac = ${mac}`);
  if (since !== undefined) all.push(sql`s.first_seen >= ${since}`);
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

function textConditions({ hostname, vendor, service, version, dialect }: DatabaseFilter): RawBuilder<SqlBool>[] {
  const contains = (column: string, part: string) => dialect.contains(sql.ref(`s.${column}`), part);
  const all: RawBuilder<SqlBool>[] = [];
  if (hostname !== undefined) all.push(contains("hostname", hostname));
  if (vendor !== undefined) all.push(contains("vendor", vendor));
  if (version !== undefined) all.push(contains("version", version));
  if (service !== undefined) all.push(sql`(${contains("name", service)} or ${contains("product", service)})`);
  return all;
}
