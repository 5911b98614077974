import pg from "pg";
import { fromPostgres } from "./postgres-errors.ts";

/** Facts about a database on a server, read without changing it. */
export interface ServerExamination {
  /** `17.2`. */
  readonly version: string;
  /** Size of the whole database, tables of other programs included. */
  readonly bytes: number;
  /** What our tables take, indices included, largest first. */
  readonly sizes: readonly { readonly table: string; readonly bytes: number }[];
}

const patienceMs = 5000;

export async function examineServer(options: {
  /** With its password. */
  readonly url: string;
  readonly shownLocation: string;
}): Promise<ServerExamination> {
  const { url, shownLocation } = options;
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: patienceMs,
    query_timeout: patienceMs,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; bytes: string }>(
      "select current_setting('server_version') as version, pg_database_size(current_database())::text as bytes",
    );
    const tables = await client.query<{ table: string; bytes: string }>(
      `select relname as table, pg_total_relation_size(oid)::text as bytes from pg_class
       where relkind = 'r' and relnamespace = current_schema()::regnamespace order by pg_total_relation_size(oid) desc, 1`,
    );
    return {
      version: rows[0]?.version ?? "",
      bytes: Number(rows[0]?.bytes ?? 0),
      sizes: tables.rows.map(({ table, bytes }) => ({ table, bytes: Number(bytes) })),
    };
  } catch (error) {
    throw fromPostgres(error, shownLocation);
  } finally {
    await client.end().catch(() => {});
  }
}
