import { Kysely, type Dialect as KyselyDialect, type Transaction } from "kysely";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { StoreLock, TableSize } from "../../core/store.ts";
import type { Database } from "../database.ts";
import type { Tables } from "../tables.ts";
import { OutageRetry } from "./outage-retry.ts";
import { postgresDialect } from "./postgres-dialect.ts";
import { fromPostgres, LockLost } from "./postgres-errors.ts";
import { tableSizes, usedBytes } from "./space-used.ts";
import { mark, WriteMarks } from "./write-mark.ts";

export interface PostgresOptions {
  /** How Kysely reaches the server. */
  readonly connection: KyselyDialect;
  readonly shownLocation: string;
  readonly lock: SessionLock;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a call is retried while the server restarts or is unreachable. */
  readonly patienceMs: number;
}

/** The lock for the one process that scans and delivers. */
export interface SessionLock extends AsyncDisposable {
  /** The server's process that has the lock for us; `undefined` where it was not taken, or was lost. */
  readonly pid: number | undefined;
  take(holder: string): Promise<StoreLock>;
  /** Takes a lost lock again. Rejects where another process has it now. */
  confirm(): Promise<void>;
  /** The server does not know that `pid` has it: that connection is broken, or goes to another server. */
  forsake(pid: number): void;
}

/**
 * A PostgreSQL database. Transactions of this process that write run one after the other; reading never waits. What fails because
 * the server restarts or is unreachable is repeated for some time. For the process that has the lock, each transaction takes place
 * exactly once, also where the answer to its COMMIT was lost; without the lock, one whose outcome is unknown is not repeated.
 */
export class PostgresDatabase implements Database {
  readonly dialect = postgresDialect;
  readonly #kysely: Kysely<Tables>;
  readonly #shownLocation: string;
  readonly #lock: SessionLock;
  readonly #outageRetry: OutageRetry;
  readonly #marks = new WriteMarks();
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(options: PostgresOptions) {
    this.#kysely = new Kysely<Tables>({ dialect: options.connection });
    this.#shownLocation = options.shownLocation;
    this.#lock = options.lock;
    this.#outageRetry = new OutageRetry(options);
  }

  read<Result>(work: (reader: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return this.#persist(
      () => work(this.#kysely),
      () => true,
    );
  }

  write<Result>(work: (transaction: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    return this.#inTurn(() => {
      const value = this.#marks.next();
      let done: { readonly result: Result } | undefined;
      let isMarked = false;
      return this.#persist(
        async () => {
          await this.#lock.confirm();
          const { pid } = this.#lock;
          isMarked = pid !== undefined;
          return await this.#transaction(async (transaction) => {
            if (pid !== undefined) {
              const marking = await mark(transaction, value, pid);
              if (marking === "lock-lost") throw new LockLost(pid);
              if (marking === "committed-before" && done !== undefined) return done.result;
            }
            const result = await work(transaction);
            done = { result };
            return result;
          });
        },
        () => isMarked || done === undefined,
      );
    });
  }

  /** A batch is added whole or not at all, so that a lost connection leaves no half of one behind. */
  stage<Result>(work: (writer: Kysely<Tables>, mayBeDone: boolean) => Promise<Result>): Promise<Result> {
    let mayBeDone = false;
    return this.#persist(
      () =>
        this.#transaction(async (transaction) => {
          const result = await work(transaction, mayBeDone);
          mayBeDone = true;
          return result;
        }),
      () => true,
    );
  }

  /** The server's autovacuum does that. */
  async releaseSpace(): Promise<number> {
    return 0;
  }

  usedBytes(limit: number): Promise<number> {
    return this.read((reader) => usedBytes(reader, limit));
  }

  tableSizes(): Promise<readonly TableSize[]> {
    return this.read(tableSizes);
  }

  lock(holder: string): Promise<StoreLock> {
    return this.#persist(
      () => this.#lock.take(holder),
      () => true,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#outageRetry.close();
    await this.#lastWrite;
    await this.#lock[Symbol.asyncDispose]();
    await this.#kysely.destroy();
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#lastWrite.then(work);
    this.#lastWrite = result.catch(() => undefined);
    return result;
  }

  /** Reports the error of the work, not that of the rollback, which fails on a broken connection. */
  async #transaction<Result>(work: (transaction: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    let failure: { readonly error: unknown } | undefined;
    try {
      return await this.#kysely.transaction().execute(async (transaction) => {
        try {
          return await work(transaction);
        } catch (error) {
          failure = { error };
          throw error;
        }
      });
    } catch (error) {
      if (failure?.error instanceof LockLost) this.#lock.forsake(failure.error.pid);
      throw failure === undefined ? error : failure.error;
    }
  }

  async #persist<Result>(attempt: () => Promise<Result>, mayRepeat: () => boolean): Promise<Result> {
    try {
      return await this.#outageRetry.run(attempt, mayRepeat);
    } catch (error) {
      throw fromPostgres(error, this.#shownLocation);
    }
  }
}
