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
