import type { DatabaseSync } from "node:sqlite";
import type { TableSize } from "../../core/store.ts";

/** Bytes of the pages in use, without those that are only in the write-ahead log. */
export function usedBytes(database: DatabaseSync): number {
  const pragma = (name: string) => Number(database.prepare(`pragma ${name}`).get()?.[name] ?? 0);
  return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
}

/** Reads every page. Empty where SQLite lacks that table, or the file is damaged. */
export function tableSizes(database: DatabaseSync): readonly TableSize[] {
  try {
    return database
      .prepare(
        `select coalesce(s.tbl_name, d.name) as "table", sum(d.pgsize) as bytes
         from dbstat d left join sqlite_schema s on s.name = d.name
         where d.aggregate = true group by 1 order by 2 desc, 1`,
      )
      .all()
      .map(({ table, bytes }) => ({ table: String(table), bytes: Number(bytes) }));
  } catch {
    return [];
  }
}
