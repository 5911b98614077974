import { HarbingerError } from "../core/errors.ts";
import { parseStoreLocation, type StoreLocation, withoutPassword } from "../store/location.ts";
import type { CommonOptions } from "./common-options.ts";
import { requireStoreSettings } from "./open.ts";
import { shellWord } from "./program-name.ts";

/**
 * The file of the configured store.
 * @param instead what to do for PostgreSQL, given the connection arguments without a password
 * @throws HarbingerError `usage` if the store is in PostgreSQL
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
    `harbinger ${command} supports SQLite only; this store is in PostgreSQL. Use the PostgreSQL programs instead`,
    { remedy: `${instead(connection)}\nThey ask for the password, or read it from ~/.pgpass.` },
  );
}

function locationOf(common: CommonOptions): StoreLocation {
  return parseStoreLocation(requireStoreSettings(common).location);
}
