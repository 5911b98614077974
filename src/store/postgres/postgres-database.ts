import { Kysely, type Dialect as KyselyDialect, type Transaction } from "kysely";
import type { StoreLock } from "../../core/store.ts";
import type { Database } from "../database.ts";
import type { Tables } from "../tables.ts";
import { postgresDialect } from "./postgres-dialect.ts";
import { fromPostgres } from "./postgres-errors.ts";

export interface PostgresOptions {
  /** How Kysely reaches the server. */
  readonly connection: KyselyDialect;
  readonly shownLocation: string;
  readonly lock: SessionLock;
}

/** The lock for the one process that scans and delivers. */
export interface SessionLock extends AsyncDisposable {
  take(holder: string): Promise<StoreLock>;
  /** Rejects where the lock was taken, then lost with its connection, and another process has it now. */
  confirm(): Promise<void>;
}

/** A PostgreSQL database. Transactions of this process that write run one after the other; reading never waits. */
export class PostgresDatabase implements Database {
  readonly dialect = postgresDialect;
  readonly #kysely: Kysely<Tables>;
  readonly #shownLocation: string;
  readonly #lock: SessionLock;
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(options: PostgresOptions) {
    this.#kysely = new Kysely<Tables>({ dialect: options.connection });
    this.#shownLocation = options.shownLocation;
    this.#lock = options.lock;
  }

  read<Result>(work: (reader: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return this.#guard(() => work(this.#kysely));
  }

  write<Result>(work: (transaction: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    return this.#guard(() =>
      this.#inTurn(async () => {
        await this.#lock.confirm();
        return this.#kysely.transaction().execute(work);
      }),
    );
  }

  /** A batch is added whole or not at all, so that a lost connection leaves no half of one behind. */
  stage<Result>(work: (writer: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return this.#guard(() => this.#kysely.transaction().execute(work));
  }

  lock(holder: string): Promise<StoreLock> {
    return this.#guard(() => this.#lock.take(holder));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lastWrite;
    await this.#lock[Symbol.asyncDispose]();
    await this.#kysely.destroy();
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#lastWrite.then(work);
    this.#lastWrite = result.catch(() => undefined);
    return result;
  }

  async #guard<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw fromPostgres(error, this.#shownLocation);
    }
  }
}
