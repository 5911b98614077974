import pg from "pg";
import type { Clock } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { programVersion } from "../../platform/program-version.ts";
import { migrate, migrations, noteMigration } from "../migrations/migrations.ts";
import { SqlStore } from "../sql-store.ts";
import { AdvisoryLock } from "./advisory-lock.ts";
import { LeanPostgresDialect } from "./lean-dialect.ts";
import { PostgresDatabase } from "./postgres-database.ts";
import { WatchedPool } from "./watched-pool.ts";

/** One for writing, the rest for reading; recording a scan must not block the dashboard. */
const connectionLimit = 5;
/** A new connection reads the server's catalogue first: its first statements take ten times as long. */
const idleConnectionMs = 10 * 60_000;
const connectTimeoutMs = 5000;
const lockTimeoutMs = 5000;
/** A transaction that is idle for this long belongs to a dead connection; it must not block others. */
const idleInTransactionMs = 10_000;
/** Less than the idle timeout of common firewalls; Node then probes each second, and gives up after ten. */
const keepAliveDelayMs = 20_000;

/**
 * A page of a list needs milliseconds. The planner takes some for long, because it does not know how few rows a limit or a time leaves; then
 * it compiles them, or starts parallel processes, either of which takes longer than to answer them. By statement, because some connection
 * poolers reject such settings at the start of a connection.
 */
const sessionSettings = "set jit = off; set max_parallel_workers_per_gather = 0";

/** PostgreSQL's `int8`, which `pg` gives as text; ours are all far below 2^53. */
const int8Type = 20;

export interface OpenPostgresOptions {
  readonly url: string;
  /** Used instead of one in the URL. */
  readonly password?: string | undefined;
  /** The URL without its password. */
  readonly shownLocation: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a call is retried while the server restarts or is unreachable. Default 0: it fails at once. */
  readonly patienceMs?: number | undefined;
}

export async function openPostgresStore(options: OpenPostgresOptions): Promise<SqlStore> {
  const { clock, log, shownLocation, patienceMs = 0 } = options;
  const config: pg.PoolConfig = {
    connectionString: urlWithPassword(options),
    application_name: "harbinger",
    connectionTimeoutMillis: connectTimeoutMs,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelayMs,
    types: {
      getTypeParser: (oid: number, format?: "text" | "binary") =>
        oid === int8Type ? Number : pg.types.getTypeParser(oid, format),
    },
  };
  const pool = new pg.Pool({
    ...config,
    max: connectionLimit,
    idleTimeoutMillis: idleConnectionMs,
    onConnect: async (client) => {
      await client.query(sessionSettings);
    },
  });
  pool.on("connect", (client) => {
    // The pool listens to idle clients only. One that breaks while it is in use rejects its query, and emits `error` as
    // well: without a listener that would end the process.
    client.on("error", (error) => log.debug("lost a connection to the database", { reason: messageOf(error) }));
  });
  pool.on("error", () => {
    // Logged above.
  });
  const database = new PostgresDatabase({
    connection: new LeanPostgresDialect({ pool: new WatchedPool({ pool, config, clock }) }),
    shownLocation,
    lock: new AdvisoryLock({ config, clock, log }),
    clock,
    log,
    patienceMs,
  });
  try {
    const found = await migrate(database, {
      migrations,
      // A dump needs pg_dump of the server's version, which only its administrator is sure to have.
      backUp: async (fromVersion) =>
        log.info("migrating the schema of the database; no copy of it is made: pg_dump makes one", { fromVersion }),
      afterCreation: async () => {},
      shownLocation: `the database ${shownLocation}`,
      program: programVersion(),
      wayBack: () => "A dump from before the update can be put back: pg_restore; see docs/guide/backup.md.",
    });
    noteMigration(log, { found, known: migrations });
    return new SqlStore({ database, clock, log });
  } catch (error) {
    await database[Symbol.asyncDispose]();
    if (!pool.ended) await pool.end();
    throw error;
  }
}

export function urlWithPassword({
  url,
  password,
}: {
  readonly url: string;
  readonly password?: string | undefined;
}): string {
  if (password === undefined) return url;
  const complete = new URL(url);
  complete.password = encodeURIComponent(password);
  return complete.toString();
}
