import { hostname } from "node:os";
import pg from "pg";
import type { Clock } from "../../core/clock.ts";
import { HarbingerError, messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { safeText } from "../../core/safe-text.ts";
import type { StoreLock } from "../../core/store.ts";
import type { SessionLock } from "./postgres-database.ts";
import { advisoryClass } from "./postgres-dialect.ts";
import { serverProcess } from "./watched-pool.ts";

/** PostgreSQL cuts names of applications at 63 bytes. */
const nameLimit = 63;

const keys = `${advisoryClass}, hashtext(current_schema() || ' process')`;

/**
 * Pause between attempts to retake a lost lock while nothing is written: this at first, doubling up to the maximum.
 */
const initialPauseMs = 250;
const maxPauseMs = 15_000;

/** How long the server keeps the lock of a machine that is gone: it probes three times after 20 seconds of silence. */
const keepAlive = `set tcp_keepalives_idle = 20; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3`;

interface Session {
  readonly client: pg.Client;
  /** The server's process, and when it began: as long as it runs, it holds the lock. */
  readonly pid: number;
  readonly since: string;
}

/**
 * A session-level advisory lock on a connection of its own: the server releases it when the connection ends, with
 * the process or before. A connection that breaks while the process lives is noticed at once, and the lock taken
 * again, before anything else is written; if another process was faster, this process must not write any more.
 */
export class AdvisoryLock implements SessionLock {
  readonly #config: pg.ClientConfig;
  readonly #clock: Clock;
  readonly #log: Log;
  #session: Session | undefined;
  /** The session before: a server that has not noticed that its connection is gone keeps the lock for it. */
  #lost: Session | undefined;
  /** Set while this process is to have the lock. */
  #holder: string | undefined;
  #taking: Promise<string | undefined> | undefined;
  readonly #closing = new AbortController();

  constructor(options: { readonly config: pg.ClientConfig; readonly clock: Clock; readonly log: Log }) {
    this.#config = options.config;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  get pid(): number | undefined {
    return this.#session?.pid;
  }

  async take(holder: string): Promise<StoreLock> {
    if (this.#holder !== undefined) return { kind: "busy", holder: this.#holder };
    const owner = await this.#connect(holder);
    if (owner !== undefined) return { kind: "busy", holder: owner };
    this.#holder = holder;
    return { kind: "held", [Symbol.asyncDispose]: () => this[Symbol.asyncDispose]() };
  }

  async confirm(): Promise<void> {
    if (this.#holder === undefined || this.#session !== undefined) return;
    const owner = await this.#takeAgain(this.#holder);
    if (owner === undefined) return;
    throw new HarbingerError("store-busy", `lost the database lock; it is now held by ${owner}`, {
      remedy: "Only one process may scan and deliver: end one of the two.",
    });
  }

  forsake(pid: number): void {
    const session = this.#session;
    if (session?.pid !== pid) return;
    this.#ended(session.client, new Error("the server does not know of it"));
    void session.client.end().catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#holder = undefined;
    await this.#taking?.catch(() => {});
    const session = this.#session;
    this.#session = undefined;
    await session?.client.end();
  }

  /** One attempt at a time. @returns the other holder */
  #takeAgain(holder: string): Promise<string | undefined> {
    this.#taking ??= this.#connect(holder)
      .then((owner) => {
        if (owner === undefined) this.#log.info("took the database lock again");
        return owner;
      })
      .finally(() => {
        this.#taking = undefined;
      });
    return this.#taking;
  }

  #ended(client: pg.Client, error: Error | undefined): void {
    const session = this.#session;
    if (session?.client !== client) return;
    this.#session = undefined;
    this.#lost = session;
    if (this.#holder === undefined) return;
    this.#log.warn("the connection with the database lock ended; taking the lock again", {
      reason: error === undefined ? "closed by the server" : messageOf(error),
    });
    void this.#recover();
  }

  /** Not only at the next write: until then another process could take the lock. */
  async #recover(): Promise<void> {
    let pauseMs = initialPauseMs;
    while (this.#session === undefined && this.#holder !== undefined && !this.#closing.signal.aborted) {
      try {
        // The next write reports the new holder.
        if ((await this.#takeAgain(this.#holder)) !== undefined) pauseMs = maxPauseMs;
      } catch (error) {
        this.#log.debug("cannot take the database lock yet", { reason: messageOf(error) });
      }
      if (this.#session !== undefined) return;
      await this.#clock.sleep(pauseMs, this.#closing.signal);
      pauseMs = Math.min(pauseMs * 2, maxPauseMs);
    }
  }

  /** @returns the other holder, or `undefined` if this process holds it now */
  async #connect(holder: string): Promise<string | undefined> {
    const client = new pg.Client({
      ...this.#config,
      application_name: Buffer.from(safeText(`${holder} (process ${process.pid} on ${hostname()})`))
        .subarray(0, nameLimit)
        .toString(),
    });
    client.on("error", (error) => this.#ended(client, error));
    client.on("end", () => this.#ended(client, undefined));
    try {
      await client.connect();
      // A server on a system without these settings refuses them.
      await client.query(keepAlive).catch(() => {});
      let taken = await tryLock(client);
      if (!taken && this.#lost !== undefined) {
        await endSession(client, this.#lost);
        taken = await tryLock(client);
      }
      const pid = serverProcess(client);
      if (taken && pid !== undefined) {
        this.#session = { client, pid, since: await startOf(client) };
        this.#lost = undefined;
        return undefined;
      }
      const owner = await describeOwner(client);
      await client.end();
      return owner;
    } catch (error) {
      this.#session = undefined;
      await client.end().catch(() => {});
      throw error;
    }
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(`select pg_try_advisory_lock(${keys}) as taken`);
  return rows[0]?.taken === true;
}

async function startOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ since: string }>(
    "select backend_start::text as since from pg_stat_activity where pid = pg_backend_pid()",
  );
  return rows[0]?.since ?? "";
}

/** Ends our own earlier session, whose connection is gone, and waits for its end for a moment. */
async function endSession(client: pg.Client, { pid, since }: Session): Promise<void> {
  await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and backend_start::text = $2",
    [pid, since],
  );
  await client.query("select pg_sleep(0.2)");
}

async function describeOwner(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string; since: string }>(`
    select a.application_name as name, to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since
    from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and l.classid = ${advisoryClass}
      and l.objid = (hashtext(current_schema() || ' process')::bigint & 4294967295)::oid
      and l.database = (select oid from pg_database where datname = current_database())`);
  const owner = rows[0];
  return owner === undefined ? "another process" : safeText(`${owner.name}, since ${owner.since}`);
}
