import { type Kysely, sql } from "kysely";
import type { DueAlert } from "../../core/connection-store.ts";
import { covered, isInForce } from "../../core/mute.ts";
import { addressFromKey, addressKey, lastAddressKey } from "../keys/address-key.ts";
import type { Tables } from "../tables.ts";
import { type MuteRow, timesOf } from "./mute-rows.ts";
import { selectActive } from "./mutes.ts";

/** The mutes of sources that cover a moment at or after `at`. */
export async function mutedSources(transaction: Kysely<Tables>, at: number): Promise<readonly MuteRow[]> {
  return await selectActive(transaction, at).where("kind", "=", "source").execute();
}

/** Alerts that no mute covers; it runs in the transaction that stores them. */
export function unmutedAlerts(alerts: readonly DueAlert[], mutes: readonly MuteRow[]): readonly DueAlert[] {
  return mutes.length === 0 ? alerts : alerts.filter((alert) => !mutes.some((mute) => isCovered(alert, mute)));
}

function isCovered({ source }: DueAlert, row: MuteRow): boolean {
  const { first, last } = row;
  if (source === undefined || first === null || last === null) return false;
  if (!isInForce(timesOf(row), source.at)) return false;
  return (
    Buffer.compare(addressKey(source.first), first) >= 0 &&
    Buffer.compare(lastAddressKey(source.last), lastKeyOf(last)) <= 0
  );
}

/** Those of the mutes that are of a peer: each of them costs a query, and there may be hundreds. */
export function touching(mutes: readonly MuteRow[], peers: Uint8Array[]): readonly MuteRow[] {
  if (mutes.length === 0) return mutes;
  peers.sort(Buffer.compare);
  return mutes.filter(({ first, last }) => {
    if (first === null || last === null) return false;
    let low = 0;
    let high = peers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (Buffer.compare(peers[middle] ?? first, first) < 0) low = middle + 1;
      else high = middle;
    }
    const next = peers[low];
    return next !== undefined && Buffer.compare(next, lastKeyOf(last)) <= 0;
  });
}

/** Marks the connections with these numbers that a mute covers; it runs in the transaction that stores them. */
export async function muteConnections(
  transaction: Kysely<Tables>,
  mutes: readonly MuteRow[],
  { firstNumber, count }: { readonly firstNumber: number; readonly count: number },
): Promise<void> {
  // The last to end comes last, and decides.
  for (const row of mutes) {
    const { first, last } = row;
    if (first === null || last === null) continue;
    const { from, until } = covered(timesOf(row));
    // A connection is decided on when it has ended, as its alert is. SQLite uses no index for an expression.
    await sql`
      update connections set muted_until = ${until}
      where rowid >= ${firstNumber} and rowid < ${firstNumber + count} and coalesce(peer, null) >= ${first}
        and coalesce(peer, null) <= ${lastKeyOf(last)}
        and at + duration_ms >= ${from} and at + duration_ms < ${until}`.execute(transaction);
  }
}

/** An address without a zone stands for itself in every zone. */
function lastKeyOf(key: Uint8Array): Uint8Array {
  return lastAddressKey(addressFromKey(key));
}
