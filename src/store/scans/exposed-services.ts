import { type RawBuilder, type SqlBool, sql } from "kysely";

/**
 * Whether a row of `check_results` says that the service can be used without authentication, and some watch still sees the service: the result of
 * one that is gone stays stored, in case it returns.
 * @param results alias of the table
 */
export function isExposed(results: string): RawBuilder<SqlBool> {
  const column = (name: string) => sql.ref(`${results}.${name}`);
  // A cross join keeps SQLite to this order: the few watches first, then one lookup by primary key in each.
  return sql<SqlBool>`${column("site")} = 'local' and ${column("verdict")} = 'exposed' and exists (
    select 1 from watches w cross join presence p
    where p.watch_id = w.id and p.endpoint = ${column("endpoint")} and p.state <> 'gone')`;
}
