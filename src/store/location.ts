import path from "node:path";
import { HarbingerError } from "../core/errors.ts";
import { placeProblem } from "../core/file-place.ts";

const maxSuffixBytes = 60;
const forms = "Write sqlite:harbinger.db or postgres://USER@HOST/DATABASE.";

/** Where the store is. */
export type StoreLocation =
  | { readonly kind: "sqlite"; readonly file: string }
  | { readonly kind: "postgres"; readonly url: string };

/**
 * Reads `sqlite:FILE`, a plain file name, or a `postgres://` URL. File names are relative to `folder`.
 * @throws HarbingerError `config`, which never repeats a password
 */
export function parseStoreLocation(text: string, folder: string = process.cwd()): StoreLocation {
  if (/^postgres(?:ql)?:\/\//i.test(text)) {
    if (!URL.canParse(text)) {
      throw new HarbingerError("config", "the database URL in `store:` is not a valid URL", {
        remedy:
          "It has the form postgres://USER:PASSWORD@HOST:PORT/DATABASE; special characters in the password as %XX.",
      });
    }
    return { kind: "postgres", url: text };
  }
  const mistaken = kindInsteadOfPlace(text);
  if (mistaken !== undefined) throw new HarbingerError("config", mistaken, { remedy: forms });
  const file = text.startsWith("sqlite:") ? text.slice("sqlite:".length) : text;
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(file) || file === "" || file === ":memory:") {
    throw new HarbingerError("config", "`store:` names neither a file nor a PostgreSQL database", {
      remedy: forms,
    });
  }
  // Files beside it have longer names: its lock, its log, copies from before a change of the schema.
  const problem = placeProblem(`${file}${"-".repeat(maxSuffixBytes)}`);
  if (problem !== undefined) {
    throw new HarbingerError("config", `\`store:\` names a file that cannot be: ${problem}`, {
      remedy: `Of its name ${maxSuffixBytes} bytes are kept for the files beside it.`,
    });
  }
  return { kind: "sqlite", file: path.resolve(folder, file) };
}

/**
 * Why the text means a kind of database rather than a file of that name, as it would be understood: a slip would leave the records in a file that
 * nobody looks for.
 */
function kindInsteadOfPlace(text: string): string | undefined {
  const postgres = "for PostgreSQL write postgres://USER@HOST/DATABASE";
  if (/^(?:postgres(?:ql)?|psql|pg)(?::|$)/i.test(text))
    return `\`store:\` does not say where the database is: ${postgres}`;
  if (/^sqlite3?:?$/i.test(text)) return "`store:` does not say where the database is: write sqlite:harbinger.db";
  if (/^sqlite3?:\/\//i.test(text)) {
    return "`store:` is no URL for SQLite: write sqlite: and the path, as in sqlite:/var/lib/harbinger/harbinger.db";
  }
  if (/^sqlite3:/i.test(text)) return "`store:` begins with sqlite3: write sqlite: and the path";
  if (/^(?:mysql|mariadb|mongodb|redis|oracle|mssql)(?::|$)/i.test(text)) {
    return `\`store:\` names a database that is not supported: ${postgres}, or sqlite:harbinger.db for a file`;
  }
  return undefined;
}

/** The location for messages and logs: a password, in either place where a URL can carry one, is masked. */
export function shownLocation(location: StoreLocation): string {
  if (location.kind === "sqlite") return location.file;
  const url = new URL(location.url);
  if (url.password !== "") url.password = "***";
  for (const name of [...url.searchParams.keys()]) {
    if (/pass/i.test(name)) url.searchParams.set(name, "***");
  }
  return url.toString();
}

/** The URL of a PostgreSQL database for a command line: without its password, in either place where it can be. */
export function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = "";
  for (const name of [...shown.searchParams.keys()]) if (/pass/i.test(name)) shown.searchParams.delete(name);
  return shown.toString();
}
