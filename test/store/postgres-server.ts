import { after } from "node:test";
import pg from "pg";
import { postgresMissing, startPostgres } from "../harness/postgres-server.ts";

/** Why no server can be used here, or `undefined`. */
export const whyNoPostgres = postgresMissing();

const server = whyNoPostgres === undefined ? await startPostgres() : undefined;
after(async () => server?.[Symbol.asyncDispose]());

/** A server for the importing test file, on which it creates and drops databases. */
export const postgresServer = {
  url(database: string): string {
    if (server === undefined) throw new Error(whyNoPostgres);
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    return url.toString();
  },
  async run(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: postgresServer.url("postgres"), connectionTimeoutMillis: 5000 });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  },
};
