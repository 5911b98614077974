import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Tables } from "../tables.ts";

/** Approximate size of a row beyond the bytes counted below, index entries included. */
const rowOverhead = 256;
const contentOverhead = 128;

/** Approximate bytes of all connections in the database: a number that each transaction updates. */
export const connectionBytes = {
  /** In the table `meta`. */
  key: "connection_bytes",
  rowOverhead,
  contentOverhead,
  /** Of a row of `connections`; its content is in `contents`, except in rows of older versions. */
  ofRow: sql<number>`${sql.lit(rowOverhead)} + octet_length(identification) + octet_length(payload)`,
  /** Of a row of `contents`. */
  ofContent: sql<number>`${sql.lit(contentOverhead)} + octet_length(identification) + octet_length(payload)`,

  /** @returns the new total */
  async add(transaction: Kysely<Tables>, bytes: number): Promise<number> {
    const { rows } = await sql<{ value: string }>`
      insert into meta (key, value) values (${sql.lit(connectionBytes.key)}, cast(cast(${bytes} as bigint) as text))
      on conflict (key) do update set value = cast(cast(meta.value as bigint) + cast(${bytes} as bigint) as text)
      returning value`.execute(transaction);
    return Number(rows[0]?.value ?? 0);
  },

  /** The sum of a size over some rows. */
  async sum(transaction: Kysely<Tables>, size: RawBuilder<number>, of: RawBuilder<unknown>): Promise<number> {
    const { rows } = await sql<{ total: number | string | null }>`select sum(${size}) as total from ${of}`.execute(
      transaction,
    );
    return Number(rows[0]?.total ?? 0);
  },
};
