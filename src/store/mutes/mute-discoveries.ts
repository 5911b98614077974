import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Address } from "../../core/address.ts";
import type { Mac } from "../../core/device.ts";
import { isInForce, type Mute, neverMuted, neverMutedByAddress } from "../../core/mute.ts";
import { parsePresence } from "../../core/presence.ts";
import { addressFromKey, addressKey } from "../keys/address-key.ts";
import { atAddress } from "../keys/ipv6-join.ts";
import type { Tables } from "../tables.ts";
import { muteEnds } from "./mute-ends.ts";
import { kindList, toMute } from "./mute-rows.ts";
import { selectActive } from "./mutes.ts";

/**
 * Marks those discoveries of a scan that a mute covers as muted, so that nothing announces them, and those that end what it covered. It runs in the transaction that
 * records the discoveries, before that counts and announces them.
 * @param at when they were discovered
 */
export async function muteDiscoveries(transaction: Kysely<Tables>, scanId: number, at: number): Promise<void> {
  // The last to end comes last, and decides.
  for (const row of await selectActive(transaction, at).where("kind", "<>", "source").execute()) {
    const mute = toMute(row);
    if (mute === undefined || !isInForce(mute, at)) continue;
    for (const covered of await coveredBy(transaction, mute)) {
      // The plus sign keeps planners from reading a whole scan for each mute.
      await sql`
        update discoveries set is_quiet = 1, muted_until = ${mute.until}
        where ${covered} and +scan_id = ${scanId} and (is_quiet = 0 or muted_until is not null)`.execute(transaction);
    }
  }
  await muteEnds(transaction, scanId);
}

/** Conditions that an index serves, one for each. */
async function coveredBy(transaction: Kysely<Tables>, mute: Mute): Promise<readonly RawBuilder<unknown>[]> {
  const { target, createdAt } = mute;
  switch (target.kind) {
    case "host": {
      const { address, port } = target;
      if (port !== undefined) return [sql`${atAddress("discoveries", address)} and endpoint % 65536 = ${port}`];
      return [atAddress("discoveries", address), ofDevicesOnlyAt(address, createdAt)];
    }
    case "device": {
      const addresses = await ownAddresses(transaction, target.mac, createdAt);
      return [
        sql`device = ${target.mac} and kind not in (${kindList(neverMuted)})`,
        ...addresses.map((address) => atAddress("discoveries", address)),
      ];
    }
    case "source":
      return [];
  }
}

/**
 * Where it answers now and did before then, and no other device ever did: any device can claim any address. One that is gone may
 * have left its address to a stranger.
 */
async function ownAddresses(transaction: Kysely<Tables>, mac: Mac, before: number): Promise<readonly Address[]> {
  const device = await transaction
    .selectFrom("devices")
    .select(["state", "misses", "history"])
    .where("site", "=", "local")
    .where("mac", "=", mac)
    .executeTakeFirst();
  if (device === undefined || parsePresence(device.state, device.misses, device.history).isDown) return [];
  const { rows } = await sql<{ address: Uint8Array }>`
    select h.address from device_addresses h
    where h.site = 'local' and h.mac = ${mac} and h.is_current = 1 and h.first_seen < ${before}
      and not exists (select 1 from device_addresses o where o.address = h.address and o.mac <> h.mac)`.execute(
    transaction,
  );
  return rows.map(({ address }) => addressFromKey(address));
}

/** Of devices with this address since before then, and with no other. */
function ofDevicesOnlyAt(address: Address, before: number): RawBuilder<unknown> {
  return sql`device in (
      select h.mac from device_addresses h
      where h.address = ${addressKey(address)} and h.is_current = 1 and h.first_seen < ${before}
        and not exists (
          select 1 from device_addresses o
          where o.site = h.site and o.mac = h.mac and o.is_current = 1 and o.address <> h.address))
    and kind not in (${kindList([...neverMuted, ...neverMutedByAddress])})`;
}
