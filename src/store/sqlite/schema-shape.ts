import type { DatabaseSync } from "node:sqlite";

/** Tables with their columns, and indices, of a database: a line each. */
export function shapeOf(database: DatabaseSync): ReadonlySet<string> {
  const rows = database
    .prepare(
      `select s.type, s.name, s.tbl_name as owner, c.name as field, c.type as kind, c."notnull" as required, c.pk, c.hidden
       from sqlite_schema s left join pragma_table_xinfo(s.name) c on s.type = 'table'
       where s.type in ('table', 'index') and s.name not like 'sqlite\\_%' escape '\\'`,
    )
    .all();
  return new Set(
    rows.map(({ type, name, owner, field, kind, required, pk, hidden }) =>
      type === "index"
        ? `index ${String(name)} of ${String(owner)}`
        : `column ${String(field)} of ${String(name)} (${[kind, required, pk, hidden].map(String).join(" ")})`,
    ),
  );
}

/**
 * Active parts that our databases never have: triggers, and virtual tables (without pages of their own). Such a file
 * would run its author's code in this program.
 */
export function findActive(database: DatabaseSync): readonly string[] {
  return database
    .prepare(
      `select type, name from sqlite_schema
       where type not in ('table', 'index', 'view') or (type = 'table' and coalesce(rootpage, 0) = 0) limit 20`,
    )
    .all()
    .map(({ type, name }) => `the ${type === "table" ? "virtual table" : String(type)} ${String(name)}`);
}
