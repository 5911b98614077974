import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Address } from "../../core/address.ts";
import { isInForce, type MuteTarget, neverMutedByAddress } from "../../core/mute.ts";
import { addressFromKey, addressKey } from "../keys/address-key.ts";
import { atAddress } from "../keys/ipv6-join.ts";
import type { Tables } from "../tables.ts";
import { toMute } from "./mute-rows.ts";
import { selectActive } from "./mutes.ts";

/**
 * Marks those discoveries of a scan that a mute covers as muted, so that nothing announces them. It runs in the transaction that
 * records the discoveries, before that counts and announces them.
 * @param at when they were discovered
 */
export async function muteDiscoveries(transaction: Kysely<Tables>, scanId: number, at: number): Promise<void> {
  // The last to end comes last, and decides.
  for (const row of await selectActive(transaction, at).where("kind", "<>", "source").execute()) {
    const mute = toMute(row);
    if (mute === undefined || !isInForce(mute, at)) continue;
    for (const covered of await coveredBy(transaction, mute.target)) {
      // The plus sign keeps planners from reading a whole scan for each mute.
      await sql`
        update discoveries set is_quiet = 1, muted_until = ${mute.until}
        where ${covered} and +scan_id = ${scanId} and (is_quiet = 0 or muted_until is not null)`.execute(transaction);
    }
  }
}

/** Conditions that an index serves, one for each. */
async function coveredBy(transaction: Kysely<Tables>, target: MuteTarget): Promise<readonly RawBuilder<unknown>[]> {
  switch (target.kind) {
    case "host": {
      const { address, port } = target;
      if (port !== undefined) return [sql`${atAddress("discoveries", address)} and endpoint % 65536 = ${port}`];
      return [atAddress("discoveries", address), ofDevicesAt(address)];
    }
    case "device": {
      const addresses = await transaction
        .selectFrom("device_addresses")
        .select("address")
        .where("site", "=", "local")
        .where("mac", "=", target.mac)
        .where("is_current", "=", 1)
        .execute();
      return [
        sql`device = ${target.mac}`,
        ...addresses.map(({ address }) => atAddress("discoveries", addressFromKey(address))),
      ];
    }
    case "source":
      return [];
  }
}

function ofDevicesAt(address: Address): RawBuilder<unknown> {
  const kinds = sql.join(neverMutedByAddress.map((kind) => sql.lit(kind)));
  return sql`device in (select h.mac from device_addresses h where h.address = ${addressKey(address)} and h.is_current = 1)
    and kind not in (${kinds})`;
}
