import type { Insertable, Kysely } from "kysely";
import type { Address } from "../../core/address.ts";
import type { Mac } from "../../core/device.ts";
import type { KnownAddress, KnownDevice } from "../../core/known-device.ts";
import { formatHistory } from "../../core/presence.ts";
import { addressKey } from "../keys/address-key.ts";
import type { Tables } from "../tables.ts";

/** Rows in one statement. */
const rowsAtOnce = 500;

/** Writes devices and what changed of their addresses. */
export async function writeDevices(
  transaction: Kysely<Tables>,
  changed: readonly KnownDevice[],
  before: ReadonlyMap<Mac, KnownDevice>,
): Promise<void> {
  for (const rows of chunks(changed.map(deviceRow))) {
    await transaction
      .insertInto("devices")
      .values([...rows])
      .onConflict((conflict) =>
        conflict.columns(["site", "mac"]).doUpdateSet((build) => ({
          state: build.ref("excluded.state"),
          misses: build.ref("excluded.misses"),
          history: build.ref("excluded.history"),
          last_seen: build.ref("excluded.last_seen"),
        })),
      )
      .execute();
  }
  for (const rows of chunks(changed.flatMap((device) => addressRows(device, before.get(device.mac))))) {
    await transaction
      .insertInto("device_addresses")
      .values([...rows])
      .onConflict((conflict) =>
        conflict.columns(["site", "mac", "address"]).doUpdateSet((build) => ({
          last_seen: build.ref("excluded.last_seen"),
          is_current: build.ref("excluded.is_current"),
        })),
      )
      .execute();
  }
  for (const device of changed) await dropForgotten(transaction, device, before.get(device.mac));
}

function deviceRow({ mac, presence, firstSeen, lastSeen }: KnownDevice): Insertable<Tables["devices"]> {
  return {
    mac,
    state: presence.state,
    misses: presence.misses,
    history: formatHistory(presence),
    first_seen: firstSeen,
    last_seen: lastSeen,
    names: "[]",
  };
}

function addressRows(device: KnownDevice, before: KnownDevice | undefined): Insertable<Tables["device_addresses"]>[] {
  return [...device.addresses]
    .filter(([address, entry]) => before?.addresses.get(address) !== entry)
    .map((entry) => addressRow(device.mac, entry));
}

export function addressRow(
  mac: Mac,
  [address, { firstSeen, lastSeen, isCurrent }]: readonly [Address, KnownAddress],
): Insertable<Tables["device_addresses"]> {
  return {
    mac,
    address: addressKey(address),
    first_seen: firstSeen,
    last_seen: lastSeen,
    is_current: isCurrent ? 1 : 0,
  };
}

/** Deletes the addresses that a device had before and has no longer. */
export async function dropForgotten(
  connection: Kysely<Tables>,
  { mac, addresses }: Pick<KnownDevice, "mac" | "addresses">,
  before: Pick<KnownDevice, "addresses"> | undefined,
): Promise<void> {
  const dropped = [...(before?.addresses.keys() ?? [])].filter((address) => !addresses.has(address));
  if (dropped.length === 0) return;
  await connection
    .deleteFrom("device_addresses")
    .where("site", "=", "local")
    .where("mac", "=", mac)
    .where("address", "in", dropped.map(addressKey))
    .execute();
}

/** @returns parts that are never empty */
export function* chunks<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) yield rows.slice(from, from + rowsAtOnce);
}
