import { randomBytes } from "node:crypto";
import { after, test } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import { PGliteDialect } from "kysely";
import pg from "pg";
import { silentLog } from "../../src/core/log.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { type Migration, migrate, migrations } from "../../src/store/migrations/migrations.ts";
import { openPostgresStore } from "../../src/store/postgres/open-postgres-store.ts";
import { PostgresDatabase } from "../../src/store/postgres/postgres-database.ts";
import { SqlStore } from "../../src/store/sql-store.ts";
import { checkFourthSchema, fourthSchemaRows } from "./fourth-schema.ts";
import { postgresServer, whyNoPostgres } from "./postgres-server.ts";
import { checkSecondSchema, secondSchemaRows } from "./second-schema.ts";
import { storeContract, type TestDatabase } from "./store-contract.ts";

/** Names that no two runs share. */
function freshName(): string {
  return `harbinger_test_${randomBytes(6).toString("hex")}`;
}

const databaseName = freshName();

/** A separate schema for each test, in a separate database for this file. */
async function createOnServer(): Promise<TestDatabase> {
  const schema = freshName();
  const url = new URL(postgresServer.url(databaseName));
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  url.searchParams.set(
    "options",
    `-c search_path=${schema} -c timezone=${timeZone} -c synchronous_commit=off -c client_min_messages=warning`,
  );
  await runOn(url, `create schema ${schema}`);
  return {
    open: () => openPostgresStore({ url: url.href, shownLocation: schema, clock: systemClock, log: silentLog }),
    query: (sql) => runOn(url, sql),
    async remove() {
      await runOn(url, `drop schema ${schema} cascade`);
    },
  };
}

async function runOn(url: URL, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const skip = whyNoPostgres;
storeContract({
  name: "PostgreSQL server",
  hasSessions: true,
  propertyRuns: 4,
  ...(skip === undefined ? {} : { skip }),
  setUp: () => postgresServer.run(`create database ${databaseName}`),
  tearDown: () => postgresServer.run(`drop database ${databaseName} with (force)`),
  create: createOnServer,
});

let server: PGlite | undefined;
after(() => server?.close());

/** PostgreSQL in this process, with its one session and a separate schema for each test. */
async function inProcess(): Promise<{ readonly running: PGlite; readonly schema: string }> {
  server ??= await PGlite.create();
  const schema = freshName();
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  await server.exec(`create schema ${schema}; set search_path to ${schema}; set time zone '${timeZone}'`);
  return { running: server, schema };
}

/** Opening it again is the same session. */
async function createInProcess(): Promise<TestDatabase> {
  const { running, schema } = await inProcess();
  return {
    async open() {
      return await openInProcess(running, migrations);
    },
    query: async (sql) => (await running.query<Record<string, unknown>>(sql)).rows,
    async remove() {
      await running.exec(`drop schema ${schema} cascade`);
    },
  };
}

async function openInProcess(running: PGlite, steps: readonly Migration[]): Promise<SqlStore> {
  const database = new PostgresDatabase({
    connection: new PGliteDialect({ pglite: borrowed(running) }),
    shownLocation: "pglite",
    clock: systemClock,
    log: silentLog,
    patienceMs: 0,
    lock: {
      pid: undefined,
      forsake() {},
      async take() {
        return { kind: "held", async [Symbol.asyncDispose]() {} };
      },
      async confirm() {},
      async [Symbol.asyncDispose]() {},
    },
  });
  const afterCreation = async () => {};
  await migrate(database, {
    migrations: steps,
    backUp: async () => {},
    afterCreation,
    shownLocation: "pglite",
    program: "0.0.0",
  });
  return new SqlStore({ database, clock: systemClock, log: silentLog });
}

/** The same server, not closed with the store. */
function borrowed(server: PGlite): PGlite {
  return new Proxy(server, {
    get(target, property) {
      if (property === "close") return async () => {};
      const value: unknown = Reflect.get(target, property);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

// For machines without a server: with one, this would repeat the same tests, in a minute of processor time.
if (skip !== undefined) {
  storeContract({
    name: "PostgreSQL in this process (PGlite)",
    propertyRuns: 1,
    hasSessions: false,
    create: createInProcess,
  });
}

test("a PostgreSQL database from before shared payloads keeps its connections", async () => {
  const { running } = await inProcess();
  await (await openInProcess(running, migrations.slice(0, 4)))[Symbol.asyncDispose]();
  await running.exec(fourthSchemaRows((hex) => `'\\x${hex}'::bytea`));
  await using store = await openInProcess(running, migrations);
  await checkFourthSchema(store);
});

test("a PostgreSQL database from before check memory keeps its content, and every service is due", async () => {
  const { running } = await inProcess();
  await (await openInProcess(running, migrations.slice(0, 2)))[Symbol.asyncDispose]();
  await running.exec(secondSchemaRows);
  await using store = await openInProcess(running, migrations);
  await checkSecondSchema(store);
});
