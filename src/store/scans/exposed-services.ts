import { type RawBuilder, type SqlBool, sql } from "kysely";
import { isSeen } from "./ended-discoveries.ts";

/**
 * Whether a row of `check_results` says that the service can be used without authentication, and some watch still sees the service: the result of
 * one that is gone stays stored, in case it returns.
 * @param results alias of the table
 */
export function isExposed(results: string): RawBuilder<SqlBool> {
  const column = (name: string) => sql.ref(`${results}.${name}`);
  return sql<SqlBool>`${column("site")} = 'local' and ${column("verdict")} = 'exposed' and ${isSeen(results)}`;
}

/**
 * The results that say so of a row's service, for `exists`: as a join, by which PostgreSQL compares all services with the few results at once.
 * @param services alias of a table with `endpoint`
 */
export function exposedResultsOf(services: string): RawBuilder<unknown> {
  return sql`
    select 1 from check_results xc cross join watches xw cross join presence xp
    where xc.endpoint = ${sql.ref(`${services}.endpoint`)} and xc.site = 'local' and xc.verdict = 'exposed'
      and xp.watch_id = xw.id and xp.endpoint = xc.endpoint and xp.state <> 'gone'`;
}
