import type { DatabaseSync } from "node:sqlite";

const linesAtMost = 20;
/** https://www.sqlite.org/rescode.html#corrupt */
const corruptCode = 11;

/**
 * What is wrong with a database, in SQLite's words; empty where nothing is.
 * @param depth `full` compares each index with its table; `quick` reads each page and row once
 */
export function findDamage(database: DatabaseSync, depth: "quick" | "full"): readonly string[] {
  try {
    return damageOf(database, depth);
  } catch (error) {
    // So damaged that it cannot be examined.
    if (error instanceof Error && "errcode" in error && error.errcode === corruptCode) return [error.message];
    throw error;
  }
}

function damageOf(database: DatabaseSync, depth: "quick" | "full"): readonly string[] {
  const check = depth === "full" ? "integrity_check" : "quick_check";
  const lines = database
    .prepare(`pragma ${check}(${linesAtMost})`)
    .all()
    .flatMap((row) => String(row[check] ?? Object.values(row)[0]).split("\n"))
    .filter((line) => line !== "ok" && !line.startsWith("***"));
  if (lines.length > 0) return lines;
  return database
    .prepare('select "table" as child, parent, count(*) as count from pragma_foreign_key_check group by 1, 2')
    .all()
    .map(({ child, parent, count }) => `${count} rows of ${child} refer to rows of ${parent} that are not there`);
}
