import pg from "pg";
import { messageOf } from "../../src/core/errors.ts";

/** Where a test may create and drop databases. */
const base = process.env["HARBINGER_TEST_POSTGRES"] ?? "postgres://postgres@127.0.0.1:5432/postgres";

export const postgresServer = {
  url(database: string): string {
    const url = new URL(base);
    url.pathname = `/${database}`;
    return url.toString();
  },
  async run(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: base, connectionTimeoutMillis: 2000 });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  },
};

/** The reason why no server can be used here, if so. */
export async function whyNoPostgres(): Promise<string | undefined> {
  try {
    await postgresServer.run("select 1");
    return undefined;
  } catch (error) {
    return `no PostgreSQL server to test with (HARBINGER_TEST_POSTGRES): ${messageOf(error)}`;
  }
}
