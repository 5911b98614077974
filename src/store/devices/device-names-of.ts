import type { Kysely } from "kysely";
import { shownName } from "../../core/device-names.ts";
import type { Tables } from "../tables.ts";
import { readNames } from "./stored-names.ts";

/** Keys in one statement. */
const keysAtOnce = 500;

/** What is shown for each of these devices, by MAC address; one without a name is left out. */
export async function deviceNames(
  reader: Kysely<Tables>,
  macs: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (let from = 0; from < macs.length; from += keysAtOnce) {
    const rows = await reader
      .selectFrom("devices")
      .select(["mac", "own_name", "names"])
      .where("site", "=", "local")
      .where("mac", "in", macs.slice(from, from + keysAtOnce))
      .execute();
    for (const { mac, own_name: ownName, names: others } of rows) {
      const name = shownName(ownName, readNames(others));
      if (name !== undefined) names.set(mac, name);
    }
  }
  return names;
}
