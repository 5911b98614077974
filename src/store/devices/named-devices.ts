import type { Kysely } from "kysely";
import { shownName } from "../../core/device-names.ts";
import type { Tables } from "../tables.ts";
import { readNames } from "./stored-names.ts";

/** Keys in one statement. */
const keysAtOnce = 500;

interface NamedDevice {
  readonly name: string | undefined;
  readonly approved: boolean;
}

/** The name that is shown for each of these devices, and whether somebody approved it, by MAC address; unknown ones are left out. */
export async function namedDevices(
  reader: Kysely<Tables>,
  macs: readonly string[],
): Promise<ReadonlyMap<string, NamedDevice>> {
  const devices = new Map<string, NamedDevice>();
  for (let from = 0; from < macs.length; from += keysAtOnce) {
    const rows = await reader
      .selectFrom("devices")
      .select(["mac", "own_name", "names", "is_approved"])
      .where("site", "=", "local")
      .where("mac", "in", macs.slice(from, from + keysAtOnce))
      .execute();
    for (const { mac, own_name: ownName, names, is_approved: isApproved } of rows)
      devices.set(mac, { name: shownName(ownName, readNames(names)), approved: isApproved === 1 });
  }
  return devices;
}
