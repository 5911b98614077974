import type { Insertable, Kysely } from "kysely";
import type { Mac } from "../../core/device.ts";
import { maxDevices } from "../../core/device-store.ts";
import { type ImportOptions, type ImportOutcome, type ImportTally, tallyOf } from "../../core/import-store.ts";
import type { ImportedDevice } from "../../core/imported.ts";
import type { Dialect } from "../database.ts";
import { addressesOf } from "../devices/devices.ts";
import { readNames } from "../devices/stored-names.ts";
import { addressRow, chunks, dropForgotten } from "../devices/write-devices.ts";
import { addressFromKey } from "../keys/address-key.ts";
import type { Tables } from "../tables.ts";
import { mergeDevice, type StoredDevice } from "./merge-device.ts";

/**
 * Merges devices, each MAC address once in a batch.
 * @param connection a transaction, or for a trial one that only reads
 */
export async function importDevices(
  connection: Kysely<Tables>,
  dialect: Dialect,
  batch: readonly ImportedDevice[],
  { isTrial }: ImportOptions,
): Promise<ImportTally> {
  if (batch.length === 0) return tallyOf([]);
  if (!isTrial) await dialect.exclusively("record")?.execute(connection);
  const known = await knownDevices(
    connection,
    batch.map(({ mac }) => mac),
  );
  let room = maxDevices - (await countDevices(connection));
  const outcomes: ImportOutcome[] = [];
  const changed: ChangedDevice[] = [];
  for (const imported of batch) {
    const stored = known.get(imported.mac);
    const { device, ...outcome } = mergeDevice(stored, imported);
    if (stored === undefined && room <= 0) {
      outcomes.push({ kind: "left-out" });
      continue;
    }
    if (stored === undefined) room -= 1;
    if (outcome.kind !== "unchanged") changed.push({ mac: imported.mac, device, stored });
    outcomes.push(outcome);
  }
  if (!isTrial) await writeDevices(connection, changed);
  return tallyOf(outcomes);
}

async function countDevices(connection: Kysely<Tables>): Promise<number> {
  const row = await connection
    .selectFrom("devices")
    .select((build) => build.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

async function knownDevices(
  connection: Kysely<Tables>,
  macs: readonly Mac[],
): Promise<ReadonlyMap<string, StoredDevice>> {
  const addresses = await addressesOf(connection, macs);
  const known = new Map<string, StoredDevice>();
  for (const some of chunks(macs)) {
    const rows = await connection
      .selectFrom("devices")
      .selectAll()
      .where("site", "=", "local")
      .where("mac", "in", [...some])
      .execute();
    for (const row of rows) {
      known.set(row.mac, {
        state: row.state,
        firstSeen: row.first_seen,
        lastSeen: row.last_seen,
        ownName: row.own_name,
        approved: row.is_approved === 1,
        names: readNames(row.names),
        vendor: row.vendor,
        addresses: new Map(
          (addresses.get(row.mac) ?? []).map((each) => [
            addressFromKey(each.address),
            { firstSeen: each.first_seen, lastSeen: each.last_seen, isCurrent: each.is_current === 1 },
          ]),
        ),
      });
    }
  }
  return known;
}

interface ChangedDevice {
  readonly mac: Mac;
  readonly device: StoredDevice;
  readonly stored: StoredDevice | undefined;
}

async function writeDevices(connection: Kysely<Tables>, changed: readonly ChangedDevice[]): Promise<void> {
  for (const some of chunks(changed)) {
    await connection
      .insertInto("devices")
      .values(some.map(deviceRow))
      .onConflict((conflict) =>
        conflict.columns(["site", "mac"]).doUpdateSet((build) => ({
          first_seen: build.ref("excluded.first_seen"),
          last_seen: build.ref("excluded.last_seen"),
          own_name: build.ref("excluded.own_name"),
          is_approved: build.ref("excluded.is_approved"),
          names: build.ref("excluded.names"),
          vendor: build.ref("excluded.vendor"),
        })),
      )
      .execute();
  }
  for (const { mac, device, stored } of changed) {
    await dropForgotten(connection, { mac, addresses: device.addresses }, stored);
  }
  const addresses = changed.flatMap(({ mac, device }) => [...device.addresses].map((entry) => addressRow(mac, entry)));
  for (const rows of chunks(addresses)) {
    await connection
      .insertInto("device_addresses")
      .values([...rows])
      .onConflict((conflict) =>
        conflict.columns(["site", "mac", "address"]).doUpdateSet((build) => ({
          first_seen: build.ref("excluded.first_seen"),
          last_seen: build.ref("excluded.last_seen"),
          is_current: build.ref("excluded.is_current"),
        })),
      )
      .execute();
  }
}

function deviceRow({ mac, device }: ChangedDevice): Insertable<Tables["devices"]> {
  return {
    mac,
    state: device.state,
    misses: 0,
    first_seen: device.firstSeen,
    last_seen: device.lastSeen,
    own_name: device.ownName,
    is_approved: device.approved ? 1 : 0,
    names: JSON.stringify(device.names),
    vendor: device.vendor,
  };
}
