import { type Kysely, type Selectable, sql } from "kysely";
import { compareAddresses } from "../../core/address.ts";
import { compareDevices } from "../../core/compare-devices.ts";
import type { DeviceName, Mac } from "../../core/device.ts";
import { mergedNames, shownName } from "../../core/device-names.ts";
import { type DeviceNews, maxAddresses, maxDevices, type RecordedSurvey } from "../../core/device-store.ts";
import type { KnownDevice, NewsOfDevice } from "../../core/known-device.ts";
import { type AddressRange, AddressSet } from "../../core/network.ts";
import { parsePresence } from "../../core/presence.ts";
import { safeText } from "../../core/safe-text.ts";
import type { Dialect } from "../database.ts";
import { addressFromKey, addressKey } from "../keys/address-key.ts";
import { muteDiscoveries } from "../mutes/mute-discoveries.ts";
import { announceScan, countAnnounced } from "../scans/announce-scan.ts";
import type { Tables } from "../tables.ts";
import { earlierClaims, endClaims } from "./stored-claims.ts";
import { readNames } from "./stored-names.ts";
import { chunks, writeDevices } from "./write-devices.ts";

const detailLimit = 2000;
const vendorLimit = 200;

interface StoredDevice extends KnownDevice {
  readonly names: readonly DeviceName[];
}

/** Writes the present devices, and the discoveries for the audiences. */
export async function recordDevices(
  transaction: Kysely<Tables>,
  dialect: Dialect,
  survey: RecordedSurvey,
): Promise<DeviceNews> {
  // Otherwise two processes with one database would both report the same device as new.
  await dialect.exclusively("record")?.execute(transaction);
  const watch = await watchOf(transaction, survey.watch);
  const scanWatch = survey.scanWatch === undefined ? watch : await watchOf(transaction, survey.scanWatch);
  const known = await loadDevices(transaction);
  const claims = await earlierClaims(transaction, known, survey);
  const { changed, news, ended, unknown } = compareDevices(known, { ...survey, claims });
  await writeDevices(transaction, changed, known);
  await endClaims(transaction, ended, survey.at);
  for (const [mac, names] of survey.names) {
    await writeNames(transaction, { mac, names, before: known.get(mac)?.names ?? [], survey });
  }
  if (known.size + unknown > maxDevices) await dropDevices(transaction, known.size + unknown - maxDevices);
  let announced: DeviceNews = {};
  if (news.length > 0) {
    const isFirst = scanWatch.surveyed_at === null && !hasKnownDevice(known, survey.probed);
    const sighted = new Set(survey.present.map(({ mac }) => mac)).size;
    announced = await writeNews(transaction, { watchId: watch.id, survey, news, isFirst, sighted });
  }
  if (scanWatch.surveyed_at === null) {
    await transaction.updateTable("watches").set({ surveyed_at: survey.at }).where("id", "=", scanWatch.id).execute();
  }
  return announced;
}

/** Whether this network was surveyed before, by any watch. A device may have come from another network. */
function hasKnownDevice(known: ReadonlyMap<Mac, StoredDevice>, probed: readonly AddressRange[]): boolean {
  const ranges = new AddressSet(probed);
  return [...known.values()].some(({ addresses }) => [...addresses.keys()].some((address) => ranges.has(address)));
}

/** The watch of this name; `devices` has no scans that would have made it. */
async function watchOf(transaction: Kysely<Tables>, name: string) {
  const find = () =>
    transaction.selectFrom("watches").select(["id", "surveyed_at"]).where("name", "=", name).executeTakeFirstOrThrow();
  await transaction
    .insertInto("watches")
    .values({ name })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return await find();
}

async function loadDevices(transaction: Kysely<Tables>): Promise<ReadonlyMap<Mac, StoredDevice>> {
  const rows = await transaction.selectFrom("devices").selectAll().where("site", "=", "local").execute();
  const addresses = await transaction
    .selectFrom("device_addresses")
    .selectAll()
    .where("site", "=", "local")
    .orderBy("mac")
    .orderBy("address")
    .execute();
  const byMac = Map.groupBy(addresses, ({ mac }) => mac);
  return new Map(rows.map((row) => [row.mac as Mac, toKnown(row, byMac.get(row.mac) ?? [])]));
}

function toKnown(
  row: Selectable<Tables["devices"]>,
  addresses: readonly Selectable<Tables["device_addresses"]>[],
): StoredDevice {
  const names = readNames(row.names);
  const name = shownName(row.own_name, names);
  return {
    // Only `parseMac` makes what is written to this column.
    mac: row.mac as Mac,
    name,
    vendor: row.vendor ?? undefined,
    names,
    presence: parsePresence(row.state, row.misses, row.history),
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    addresses: new Map(
      addresses.map((each) => [
        addressFromKey(each.address),
        { firstSeen: each.first_seen, lastSeen: each.last_seen, isCurrent: each.is_current === 1 },
      ]),
    ),
  };
}

async function writeNames(
  transaction: Kysely<Tables>,
  learnt: {
    readonly mac: Mac;
    readonly names: readonly DeviceName[];
    readonly before: readonly DeviceName[];
    readonly survey: RecordedSurvey;
  },
): Promise<void> {
  const { mac, names, before, survey } = learnt;
  const vendor = survey.vendors.get(mac);
  await transaction
    .updateTable("devices")
    .set({
      names: JSON.stringify(mergedNames(before, names)),
      named_at: survey.at,
      vendor: vendor === undefined ? undefined : safeText(vendor, { limit: vendorLimit }),
    })
    .where("site", "=", "local")
    .where("mac", "=", mac)
    .execute();
}

/**
 * Kept first: devices that the owner named or approved; then present ones; then those seen more than once, so that a
 * flood of forged MAC addresses drops no known device; then registered MAC addresses, which those of phones are not.
 */
async function dropDevices(transaction: Kysely<Tables>, count: number): Promise<void> {
  const randomised = sql`(substr(mac, 2, 1) in ('2', '3', '6', '7', 'a', 'b', 'e', 'f') and substr(mac, 1, 8) <> '52:54:00')`;
  const { rows } = await sql<{ mac: string }>`
    select mac from devices where site = 'local'
    order by case when is_approved = 1 or own_name is not null then 1 else 0 end,
      case when state = 'gone' then 0 else 1 end, case when first_seen = last_seen then 0 else 1 end,
      case when ${randomised} then 0 else 1 end, last_seen, mac
    limit ${count}`.execute(transaction);
  for (const some of chunks(rows.map(({ mac }) => mac))) {
    await transaction.deleteFrom("device_addresses").where("site", "=", "local").where("mac", "in", some).execute();
    await transaction.deleteFrom("devices").where("site", "=", "local").where("mac", "in", some).execute();
  }
}

/** @param ids of the discoveries, in the order of the news */
async function writeAddresses(
  transaction: Kysely<Tables>,
  news: readonly NewsOfDevice[],
  ids: readonly number[],
): Promise<void> {
  const rows = news.flatMap(({ addresses }, index) => {
    const id = ids[index];
    if (id === undefined) throw new Error("a discovery was not recorded");
    const kept = [...new Set(addresses)].sort(compareAddresses).slice(0, maxAddresses);
    return kept.map((address) => ({ discovery_id: id, address: addressKey(address) }));
  });
  for (const some of chunks(rows))
    await transaction
      .insertInto("discovery_addresses")
      .values([...some])
      .execute();
}

async function writeNews(
  transaction: Kysely<Tables>,
  found: {
    readonly watchId: number;
    readonly survey: RecordedSurvey;
    readonly news: readonly NewsOfDevice[];
    readonly isFirst: boolean;
    readonly sighted: number;
  },
): Promise<DeviceNews> {
  const { watchId, survey, news, isFirst, sighted } = found;
  const { at } = survey;
  const { id: scanId } = await transaction
    .insertInto("scans")
    .values({
      watch_id: watchId,
      ports: "",
      engine: "devices",
      started_at: at,
      ended_at: at,
      status: "examined",
      notes: "[]",
      sighted,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  const rows = news.map(({ kind, mac, firstSeen, lastSeen, detail, isQuiet, isOver }) => ({
    watch_id: watchId,
    scan_id: scanId,
    kind,
    at,
    first_seen: firstSeen,
    last_seen: lastSeen,
    device: mac,
    detail: detail === undefined ? null : safeText(detail, { limit: detailLimit }),
    is_first_scan: isFirst && kind === "device-new" ? 1 : 0,
    is_quiet: isQuiet ? 1 : 0,
    ended_at: isOver === true ? at : null,
  }));
  const ids: number[] = [];
  for (const some of chunks(rows)) {
    const inserted = await transaction
      .insertInto("discoveries")
      .values([...some])
      .returning("id")
      .execute();
    // Numbered in the order of the rows, in which neither database has to return them.
    ids.push(...inserted.map(({ id }) => id).sort((one, other) => one - other));
  }
  await writeAddresses(transaction, news, ids);
  await muteDiscoveries(transaction, scanId, at);
  const announced = await countAnnounced(transaction, scanId);
  if (announced.length > 0) await announceScan(transaction, scanId, survey);
  return Object.fromEntries(announced.map(({ kind, count }) => [kind, count]));
}
