import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import pg from "pg";
import type { Clock } from "../../core/clock.ts";
import { keptName } from "./lean-dialect.ts";
import { hasServerCode } from "./postgres-errors.ts";

/** A statement without an answer for this long is checked. */
const silentMs = 15_000;
const lookEveryMs = 5_000;
const probeMs = 5_000;

/**
 * What the server does for a connection of ours while it works on a statement; `disabled` where the server does not
 * report it.
 */
const workingStates = new Set(["active", "fastpath function call", "disabled"]);

/** It keeps statements that have a name. */
interface KeepingClient {
  query<Row>(statement: pg.QueryConfig): Promise<PostgresQueryResult<Row>>;
}

interface Running {
  readonly since: number;
}

/**
 * A pool that detects dead connections. A network that silently drops packets leaves a statement without an answer
 * for a quarter of an hour or more, and no statement timeout fits both one row and a million hosts. So a new
 * connection queries whether the server still works on a statement that takes long; where it does not, or cannot be
 * reached, the connection is closed, and the statement fails.
 */
export class WatchedPool implements PostgresPool {
  readonly options: object;
  readonly #pool: pg.Pool;
  readonly #config: pg.ClientConfig;
  readonly #clock: Clock;
  readonly #clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  readonly #running = new Map<pg.PoolClient, Running>();
  readonly #closing = new AbortController();
  #watching = false;

  constructor(options: { readonly pool: pg.Pool; readonly config: pg.ClientConfig; readonly clock: Clock }) {
    this.#pool = options.pool;
    this.#config = options.config;
    this.#clock = options.clock;
    this.options = options.pool.options;
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await this.#pool.connect();
    const known = this.#clients.get(client);
    if (known !== undefined) return known;
    const watched = this.#watched(client);
    this.#clients.set(client, watched);
    return watched;
  }

  async end(): Promise<void> {
    this.#closing.abort();
    await this.#pool.end();
  }

  #watched(client: pg.PoolClient): PostgresPoolClient {
    const inner: PostgresPoolClient = client;
    const keeping: KeepingClient = client;
    const watch = async <Result>(answer: Promise<Result>): Promise<Result> => {
      const running = { since: this.#clock.monotonic() };
      this.#running.set(client, running);
      if (!this.#watching) void this.#watch();
      try {
        return await answer;
      } finally {
        if (this.#running.get(client) === running) this.#running.delete(client);
      }
    };
    function query<Row>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<Row>>;
    function query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>;
    function query<Row>(
      statement: string | PostgresCursor<Row>,
      values: readonly unknown[] = [],
    ): Promise<PostgresQueryResult<Row>> | PostgresCursor<Row> {
      if (typeof statement !== "string") throw new TypeError("rows are read in pages");
      const name = keptName(statement);
      if (name === undefined) return watch(inner.query<Row>(statement, values));
      return watch(keeping.query<Row>({ name, text: statement, values: [...values] }));
    }
    return { query, release: (destroy) => inner.release(destroy) };
  }

  /** While statements run. */
  async #watch(): Promise<void> {
    this.#watching = true;
    while (this.#running.size > 0 && !this.#closing.signal.aborted) {
      await this.#clock.sleep(lookEveryMs, this.#closing.signal);
      const before = this.#clock.monotonic() - silentMs;
      for (const [client, running] of this.#running) {
        if (running.since > before || (await this.#isWorking(client))) continue;
        // While a statement runs, this closes the socket at once.
        if (this.#running.get(client) === running) await client.end().catch(() => {});
      }
    }
    this.#watching = false;
  }

  async #isWorking(client: pg.PoolClient): Promise<boolean> {
    const probe = new pg.Client({ ...this.#config, connectionTimeoutMillis: probeMs, query_timeout: probeMs });
    probe.on("error", () => {});
    try {
      await probe.connect();
      const { rows } = await probe.query<{ state: string }>("select state from pg_stat_activity where pid = $1", [
        serverProcess(client),
      ]);
      return workingStates.has(rows[0]?.state ?? "");
    } catch (error) {
      // A server that rejects the connection is reachable.
      return hasServerCode(error);
    } finally {
      void probe.end().catch(() => {});
    }
  }
}

/** The number of the server's process behind a connection, where there is one. */
export function serverProcess(client: pg.Client): number | undefined {
  return "processID" in client && typeof client.processID === "number" ? client.processID : undefined;
}
