import { HarbingerError } from "../core/errors.ts";
import { parseStoreLocation, type StoreLocation, withoutPassword } from "../store/location.ts";
import type { CommonOptions } from "./common-options.ts";
import { requireStoreSettings } from "./open.ts";
import { shellWord } from "./program-name.ts";

/**
 * The file of the configured store.
 * @param instead what to do where it is in PostgreSQL, given the words of a connection without a password
 * @throws HarbingerError `usage` where the store is in PostgreSQL
 */
export function requireSqliteFile(
  common: CommonOptions,
  { command, instead }: { readonly command: string; readonly instead: (connection: string) => string },
): string {
  const location = locationOf(common);
  if (location.kind === "sqlite") return location.file;
  const connection = shellWord(withoutPassword(location.url));
  throw new HarbingerError(
    "usage",
    `harbinger ${command} is for SQLite; this store is in PostgreSQL, which has programs of its own for that`,
    { remedy: `${instead(connection)}\nThey ask for the password, or take it from ~/.pgpass.` },
  );
}

function locationOf(common: CommonOptions): StoreLocation {
  return parseStoreLocation(requireStoreSettings(common).location);
}
