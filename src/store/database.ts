import type { Kysely, RawBuilder, SqlBool, Transaction } from "kysely";
import type { StoreLock, TableSize } from "../core/store.ts";
import type { Tables } from "./tables.ts";

/** One open database. It rejects only with a `HarbingerError`. */
export interface Database extends AsyncDisposable {
  readonly dialect: Dialect;
  /** Reads what is committed; never waits for a writer. */
  read<Result>(work: (reader: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /** One transaction, one at a time: all of it or nothing. */
  write<Result>(work: (transaction: Transaction<Tables>) => Promise<Result>): Promise<Result>;
  /**
   * Writes to the staging tables, without waiting for other writers.
   * @param work learns whether an earlier attempt may have been stored, so that it adds nothing twice
   */
  stage<Result>(work: (writer: Kysely<Tables>, mayBeDone: boolean) => Promise<Result>): Promise<Result>;
  lock(holder: string): Promise<StoreLock>;
  /**
   * Releases some unused space to the file system, in one short step.
   * @returns how many bytes; 0 where there is nothing more to release, or the server does it by itself
   */
  releaseSpace(): Promise<number>;
  /** As in `Store`. */
  usedBytes(limit: number): Promise<number>;
  tableSizes(): Promise<readonly TableSize[]>;
}

export interface LookedUpRow {
  readonly table: string;
  readonly alias: string;
  /** It is unique. */
  readonly column: string;
  readonly equals: RawBuilder<unknown>;
}

export interface ValueSpan {
  readonly column: RawBuilder<unknown>;
  readonly value: unknown;
  /** The column that is next in the index, and its lowest and highest number. */
  readonly next: RawBuilder<unknown>;
  readonly first: number;
  readonly last: number;
}

export interface FittingRows {
  readonly table: string;
  readonly alias: string;
  /** Over the alias and what is before it. */
  readonly where: RawBuilder<unknown>;
}

/** What differs between the databases in SQL. No other code distinguishes them. */
export interface Dialect {
  /** Column type of a key that the database counts up and never uses again. */
  readonly identity: RawBuilder<unknown>;
  /** After the columns of a table that is stored in the order of its primary key. */
  readonly clustered: RawBuilder<unknown>;
  /** After a text column that compares by bytes. */
  readonly bytewise: RawBuilder<unknown>;
  /** Column type of bytes, which compare one by one. */
  readonly binary: RawBuilder<unknown>;
  /** Starts the definition of a table that need not outlive this process. */
  readonly createScratch: RawBuilder<unknown>;
  /** Statements that create such a table with the one column `endpoint`, its key, filled by a query without repetitions. */
  endpointTable(table: RawBuilder<unknown>, query: RawBuilder<unknown>): readonly RawBuilder<unknown>[];
  /**
   * Waits, in a transaction, until no other process does the same work; not needed where there is only one writer at a time.
   * `record`: what writes discoveries. So their ids are in the order of the commits.
   */
  exclusively(work: "schema" | "record"): RawBuilder<unknown> | undefined;
  /** Updates the planner's statistics of a table that was just filled. */
  analyze(table: string): RawBuilder<unknown> | undefined;
  /** Starts an insertion whose failure ends the whole transaction, so it need not be undone separately. */
  readonly insertInto: RawBuilder<unknown>;
  /** Gives the rows of a table a unique number `rowid`, in the order of their insertion, where they have none. */
  numberRows(table: string): readonly RawBuilder<unknown>[];
  /** Selects a row where the table or view exists. */
  table(name: string): RawBuilder<unknown>;
  /** Whether a text contains this ASCII text, whatever the case of its letters. */
  contains(text: RawBuilder<unknown>, part: string): RawBuilder<SqlBool>;
  /** A part of `from`: the rows of a query, which is answered by itself, whatever is asked of its rows. */
  apart(query: RawBuilder<unknown>): RawBuilder<unknown>;
  /** A left join that looks up the one row whose column has this value, for each row before it. */
  lookUp(row: LookedUpRow): RawBuilder<unknown>;
  /** A join with the rows of a table that fit, looked up by an index for each row before it. */
  forEach(rows: FittingRows): RawBuilder<unknown>;
  /**
   * The rows of one value, of which an index has the next column in order. Ordered by both columns, they are read by that index alone, which
   * costs the same wherever they are among the rows of other values.
   */
  ofValue(span: ValueSpan): RawBuilder<SqlBool>;
  /** A condition that follows from another one, where the planner can use it. */
  implied(condition: RawBuilder<unknown>): readonly RawBuilder<unknown>[];
  /** A table named `i` with the column `value`, one row per number. */
  integers(values: ArrayLike<number>): RawBuilder<unknown>;
  /** A table named `r` with the JSON column `value`, one row per array; take a cell with `r.value ->> INDEX`. */
  rows(rows: readonly (readonly (string | number | null)[])[]): RawBuilder<unknown>;
  /** The field `name` of the first object in a JSON array, as text; null where there is none. */
  firstName(json: RawBuilder<unknown>): RawBuilder<unknown>;
  /** Milliseconds since the epoch as local time in ISO form with microseconds, as Python's `isoformat()` writes it. */
  localTime(column: RawBuilder<unknown>): RawBuilder<unknown>;
}
