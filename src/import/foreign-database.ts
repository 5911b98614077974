import { existsSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { messageOf } from "../core/errors.ts";

/** Longer text is cut off here. */
const maxTextLength = 1000;

export type ForeignRow = Readonly<Record<string, unknown>>;

export type OpenForeign =
  | { readonly kind: "database"; readonly database: ForeignDatabase }
  | { readonly kind: "bad"; readonly reason: string };

/**
 * Reads the SQLite database of another program, which may be hostile. Only ordinary tables are read: a view, a virtual
 * table or a computed column contains SQL that would run when it is read. Triggers cannot run, because nothing is
 * written, and `trusted_schema` is off, so that the schema cannot call functions with side effects.
 */
export class ForeignDatabase implements Disposable {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  static open(path: string): OpenForeign {
    try {
      return { kind: "database", database: new ForeignDatabase(openReadOnly(path)) };
    } catch (error) {
      return { kind: "bad", reason: `not a database that can be read (${messageOf(error)})` };
    }
  }

  /** Names of ordinary tables. */
  get tables(): readonly string[] {
    // A virtual table has no root page.
    return this.#database
      .prepare("select name from sqlite_schema where type = 'table' and rootpage > 0 limit 10000")
      .all()
      .map(({ name }) => String(name));
  }

  /** Names of the stored columns, as they are spelled in the schema. */
  columns(table: string): readonly string[] {
    return this.#database
      .prepare("select name from pragma_table_xinfo(?) where hidden = 0")
      .all(table)
      .map(({ name }) => String(name));
  }

  /**
   * Streams the rows of a table: numbers, and text up to a limit; null for values of other types.
   * @param table one of {@link tables}
   * @param columns of {@link columns}
   */
  *rows(table: string, columns: readonly string[]): Generator<ForeignRow> {
    const cells = columns.map((column) => {
      const name = quoted(column);
      return `case typeof(${name}) when 'text' then substr(${name}, 1, ${maxTextLength})
        when 'integer' then cast(${name} as text) when 'real' then cast(${name} as text) end as ${name}`;
    });
    yield* this.#database.prepare(`select ${cells.join(", ")} from ${quoted(table)}`).iterate();
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function openReadOnly(path: string): DatabaseSync {
  try {
    return checked(new DatabaseSync(path, { readOnly: true, allowExtension: false, timeout: 5000 }));
  } catch (error) {
    // In WAL mode even a reader creates files beside the database, which may not be permitted. Without a write-ahead log,
    // the file itself is complete.
    if (existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0) throw error;
    const url = pathToFileURL(path);
    url.searchParams.set("immutable", "1");
    return checked(new DatabaseSync(url, { readOnly: true, allowExtension: false }));
  }
}

function checked(database: DatabaseSync): DatabaseSync {
  try {
    database.exec(
      "pragma trusted_schema = off; pragma cell_size_check = on; pragma mmap_size = 0; pragma cache_size = -8192",
    );
    database.prepare("select count(*) from sqlite_schema").get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
