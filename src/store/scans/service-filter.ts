import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { ServiceQuery } from "../../core/store.ts";

/** Rows of `services s` at this site with the port, watch and state of a query. */
export function serviceFilter({
  port,
  watch,
  state,
}: Pick<ServiceQuery, "port" | "watch" | "state">): RawBuilder<SqlBool> {
  const all = [sql<SqlBool>`s.site = 'local'`];
  if (port !== undefined) all.push(sql`s.endpoint % 65536 = ${port}`);
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
