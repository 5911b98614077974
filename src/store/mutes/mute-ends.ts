import { type Kysely, type RawBuilder, sql } from "kysely";
import type { DiscoveryKind } from "../../core/discovery-kinds.ts";
import { beginnings, type Mute, returnsAsNew } from "../../core/mute.ts";
import { addressFromKey, addressKey } from "../keys/address-key.ts";
import { atAddress } from "../keys/ipv6-join.ts";
import type { Tables } from "../tables.ts";
import { kindList, toMute } from "./mute-rows.ts";

/**
 * Marks those discoveries of a scan as muted that are the end of something whose beginning a mute kept out of reports, and which was
 * never seen without that mute: nobody knows it. See {@link beginnings}. It runs after the discoveries that a mute covers
 * directly are marked.
 */
export async function muteEnds(transaction: Kysely<Tables>, scanId: number): Promise<void> {
  if (!(await isAnythingMuted(transaction))) return;
  for (const [kind, begins] of Object.entries(beginnings) as [DiscoveryKind, readonly DiscoveryKind[]][]) {
    const lastLookAt = await lastLook(transaction, scanId, kind);
    // When it was there for the last time: what returns was last missed by the look before.
    const wasThereAt = lastLookAt === undefined ? sql`discoveries.last_seen` : sql.lit(lastLookAt);
    const isEnd = sql`+scan_id = ${scanId} and kind = ${sql.lit(kind)} and is_quiet = 0 and ${isUnknown(kind, begins)}`;
    const { rows } = await sql<{ first: number | null }>`
      select min(${wasThereAt}) as first from discoveries
      where scan_id = ${scanId} and kind = ${sql.lit(kind)} and is_quiet = 0 and ${isUnknown(kind, begins)}`.execute(
      transaction,
    );
    const first = rows[0]?.first ?? undefined;
    if (first === undefined) continue;
    for (const mute of await mutesSince(transaction, first)) {
      for (const covered of await everCoveredBy(transaction, mute)) {
        await sql`
          update discoveries set is_quiet = 1, muted_until = ${mute.until}
          where ${covered} and ${isEnd}
            and ${wasThereAt} >= ${mute.createdAt} and ${wasThereAt} < ${mute.until}`.execute(transaction);
      }
    }
  }
  await renameReturns(transaction, scanId);
}

/**
 * What is back, and was never reported because a mute kept its beginning and every later change out of reports, is new to readers:
 * it is recorded as that. See {@link returnsAsNew}.
 */
async function renameReturns(transaction: Kysely<Tables>, scanId: number): Promise<void> {
  const found = sql`scan_id = ${scanId} and is_quiet = 0`;
  for (const [kind, asNew] of Object.entries(returnsAsNew) as [DiscoveryKind, DiscoveryKind][]) {
    const { any, before } = recordsBefore(kind);
    const reported = before("id", sql`${any} and o.is_quiet = 0`, sql`desc`);
    const beganMuted = sql`${before("kind", any, sql`asc`)} = ${sql.lit(asNew)}
      and ${before("muted_until", any, sql`asc`)} is not null`;
    await sql`
      update discoveries set kind = ${sql.lit(asNew)}, last_seen = at,
        is_known_host = ${asNew === "new" ? isHostReported(scanId) : sql`is_known_host`}
      where ${found} and kind = ${sql.lit(kind)} and ${beganMuted} and ${reported} is null`.execute(transaction);
  }
  // Ports of such a host that are new in the same scan are part of the new host, and not ports of a known one.
  await sql`
    update discoveries set is_known_host = 0
    where ${found} and kind = 'new' and is_known_host = 1 and endpoint - endpoint % 65536 in (
      select o.endpoint - o.endpoint % 65536 from discoveries o
      where o.scan_id = ${scanId} and o.kind = 'new' and o.is_quiet = 0 and o.is_known_host = 0)`.execute(transaction);
}

/** Whether readers can know the host of a service: another service there is older than the scan, and no mute has always covered it. */
function isHostReported(scanId: number): RawBuilder<unknown> {
  const host = sql`(discoveries.endpoint - discoveries.endpoint % 65536)`;
  const records = sql`select o.id from discoveries o where o.endpoint = k.endpoint and o.kind in (${kindList(ofServices)})`;
  return sql`case when exists (select 1 from services k where k.site = 'local'
    and k.endpoint between ${host} and ${host} + 65535
    and +k.first_seen < (select started_at from scans where id = ${scanId})
    and (exists (${records} and o.is_quiet = 0 and o.scan_id < ${scanId})
      or not exists (${records} and o.muted_until is not null))) then 1 else 0 end`;
}

/** The kinds that say whether something is there. */
const ofServices: readonly DiscoveryKind[] = ["new", "gone", "returned", "flapping"];
const ofDevices: readonly DiscoveryKind[] = ["device-new", "device-gone", "device-returned"];

async function isAnythingMuted(transaction: Kysely<Tables>): Promise<boolean> {
  const row = await transaction
    .selectFrom("discoveries")
    .select("id")
    .where("muted_until", "is not", null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** When what returns was missed for the last time; `undefined` for what goes. Devices are looked for after each scan. */
async function lastLook(transaction: Kysely<Tables>, scanId: number, kind: DiscoveryKind): Promise<number | undefined> {
  if (kind !== "returned" && kind !== "device-returned") return undefined;
  let select = transaction
    .selectFrom("scans")
    .select("ended_at")
    .where("id", "<", scanId)
    .where("status", "in", ["complete", "partial"])
    .orderBy("id", "desc")
    .limit(1);
  if (kind === "returned")
    select = select.where("watch_id", "=", (of) => of.selectFrom("scans").select("watch_id").where("id", "=", scanId));
  const row = await select.executeTakeFirst();
  return row?.ended_at ?? Number.MAX_SAFE_INTEGER;
}

/**
 * Its last beginning was muted, and what was reported last was no beginning either. Where nothing was ever reported, the first record
 * tells: a service that begins with going was known before, from an import or from before the records that are kept.
 */
function isUnknown(kind: DiscoveryKind, begins: readonly DiscoveryKind[]): RawBuilder<unknown> {
  const beginning = kindList(begins);
  const { any, before } = recordsBefore(kind);
  const lastReported = before("kind", sql`${any} and o.is_quiet = 0`, sql`desc`);
  return sql`${before("muted_until", sql`o.kind in (${beginning})`, sql`desc`)} is not null
    and case when ${lastReported} is null then ${before("kind", any, sql`asc`)} in (${beginning})
      else ${lastReported} not in (${beginning}, 'flapping') end`;
}

/** What was recorded before a discovery of the same service by the same watch, or of the same device. */
function recordsBefore(kind: DiscoveryKind): {
  /** Says whether it is there. */
  readonly any: RawBuilder<unknown>;
  /** A column of the first or last record with a condition on `o`. */
  readonly before: (what: string, condition: RawBuilder<unknown>, order: RawBuilder<unknown>) => RawBuilder<unknown>;
} {
  const isOfDevice = ofDevices.includes(kind);
  const isSame = isOfDevice
    ? sql`o.device = discoveries.device`
    : sql`o.endpoint = discoveries.endpoint and o.watch_id = discoveries.watch_id`;
  return {
    any: sql`o.kind in (${kindList(isOfDevice ? ofDevices : ofServices)})`,
    before: (what, condition, order) => sql`(
    select o.${sql.ref(what)} from discoveries o where ${isSame} and o.id < discoveries.id and ${condition}
    order by o.id ${order} limit 1)`,
  };
}

/** Those of hosts and devices that covered a moment at or after then, also if they are over. The last to end decides. */
async function mutesSince(transaction: Kysely<Tables>, at: number): Promise<readonly Mute[]> {
  const rows = await transaction
    .selectFrom("mutes")
    .selectAll()
    .where("kind", "<>", "source")
    .where("until", ">", at)
    .orderBy("until", "desc")
    .orderBy("id", "desc")
    .execute();
  return rows.flatMap((row) => toMute(row) ?? []);
}

/** Conditions on everything that a mute could cover at any time: that it did cover the beginning is recorded there. */
async function everCoveredBy(transaction: Kysely<Tables>, { target }: Mute): Promise<readonly RawBuilder<unknown>[]> {
  switch (target.kind) {
    case "host": {
      const { address, port } = target;
      if (port !== undefined) return [sql`${atAddress("discoveries", address)} and endpoint % 65536 = ${port}`];
      const devices = sql`select h.mac from device_addresses h where h.address = ${addressKey(address)}`;
      return [atAddress("discoveries", address), sql`device in (${devices})`];
    }
    case "device": {
      const rows = await transaction
        .selectFrom("device_addresses")
        .select("address")
        .where("site", "=", "local")
        .where("mac", "=", target.mac)
        .execute();
      return [
        sql`device = ${target.mac}`,
        ...rows.map(({ address }) => atAddress("discoveries", addressFromKey(address))),
      ];
    }
    case "source":
      return [];
  }
}
