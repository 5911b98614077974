import pg from "pg";
import { HarbingerError, messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { safeText } from "../../core/safe-text.ts";
import type { StoreLock } from "../../core/store.ts";
import type { SessionLock } from "./postgres-database.ts";
import { advisoryClass } from "./postgres-dialect.ts";

/** PostgreSQL cuts names of applications at 63 bytes. */
const nameLimit = 63;

const keys = `${advisoryClass}, hashtext(current_schema() || ' process')`;

/**
 * A session-level advisory lock on a connection of its own: the server gives it back when the connection ends, with
 * the process or without. A connection that breaks while the process lives is noticed before the next write, and the
 * lock taken again; where somebody else was faster, this process must not write any more.
 */
export class AdvisoryLock implements SessionLock {
  readonly #config: pg.ClientConfig;
  readonly #log: Log;
  #client: pg.Client | undefined;
  /** Set while this process is to have the lock. */
  #holder: string | undefined;

  constructor(options: { readonly config: pg.ClientConfig; readonly log: Log }) {
    this.#config = options.config;
    this.#log = options.log;
  }

  async take(holder: string): Promise<StoreLock> {
    if (this.#holder !== undefined) return { kind: "busy", holder: this.#holder };
    const owner = await this.#connect(holder);
    if (owner !== undefined) return { kind: "busy", holder: owner };
    this.#holder = holder;
    return { kind: "held", [Symbol.asyncDispose]: () => this[Symbol.asyncDispose]() };
  }

  async confirm(): Promise<void> {
    if (this.#holder === undefined || this.#client !== undefined) return;
    const owner = await this.#connect(this.#holder);
    if (owner === undefined) {
      this.#log.warn("took the database lock again after its connection was lost");
      return;
    }
    throw new HarbingerError("store-busy", `lost the database lock, which now has ${owner}`, {
      remedy: "Only one process may scan and deliver: end one of the two.",
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#holder = undefined;
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  /** @returns who else has it, or `undefined` where it is ours now */
  async #connect(holder: string): Promise<string | undefined> {
    const client = new pg.Client({
      ...this.#config,
      application_name: Buffer.from(safeText(`${holder} (process ${process.pid})`))
        .subarray(0, nameLimit)
        .toString(),
      keepAlive: true,
    });
    const forget = (error?: Error) => {
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#log.warn("the connection with the database lock ended", {
        reason: error === undefined ? "closed by the server" : messageOf(error),
      });
    };
    client.on("error", forget);
    client.on("end", () => forget());
    try {
      await client.connect();
      const { rows } = await client.query<{ taken: boolean }>(`select pg_try_advisory_lock(${keys}) as taken`);
      if (rows[0]?.taken === true) {
        this.#client = client;
        return undefined;
      }
      const owner = await describeOwner(client);
      await client.end();
      return owner;
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  }
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
