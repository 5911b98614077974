/** What surveys discovered about addresses that several devices have: the open claims, and those that ended lately. */
import { type Kysely, sql } from "kysely";
import type { Address } from "../../core/address.ts";
import { type EarlierClaim, isUsedTwice } from "../../core/claimed-addresses.ts";
import type { Mac } from "../../core/device.ts";
import type { RecordedSurvey } from "../../core/device-store.ts";
import type { KnownDevice } from "../../core/known-device.ts";
import { addressFromKey, addressKey } from "../keys/address-key.ts";
import { padded } from "../keys/padded.ts";
import type { Tables } from "../tables.ts";
import { chunks } from "./write-devices.ts";

/**
 * Looked up by the addresses that several devices have or had: only these can be contested, they are few, and there is no index of the
 * discoveries by kind.
 */
export async function earlierClaims(
  transaction: Kysely<Tables>,
  known: ReadonlyMap<Mac, KnownDevice>,
  { at, present, policy: { flapWindowMs } }: RecordedSurvey,
): Promise<readonly EarlierClaim[]> {
  const macs = new Map<Address, Set<Mac>>();
  const add = (address: Address, mac: Mac) => {
    const there = macs.get(address);
    if (there === undefined) macs.set(address, new Set([mac]));
    else there.add(mac);
  };
  for (const { mac, addresses } of known.values()) for (const address of addresses.keys()) add(address, mac);
  for (const { address, mac } of present) add(address, mac);
  const contested = [...macs].flatMap(([address, { size }]) => (size > 1 ? [address] : []));
  const claims = new Map<number, EarlierClaim & { readonly addresses: Set<Address> }>();
  for (const some of chunks(contested)) {
    // The addresses first: nothing else narrows the discoveries.
    const { rows } = await sql<ClaimRow>`
      select d.id, d.device, d.at, d.detail, d.ended_at, a.address
      from discovery_addresses a cross join discoveries d
      where a.address in (${sql.join(padded([...some]).map(addressKey))}) and d.id = a.discovery_id
        and d.kind = 'address-moved' and d.device is not null and (d.ended_at is null or d.at > ${at - flapWindowMs})`.execute(
      transaction,
    );
    for (const row of rows) {
      const id = Number(row.id);
      const claim = claims.get(id) ?? claimOf(id, row);
      claims.set(id, claim);
      claim.addresses.add(addressFromKey(row.address));
    }
  }
  return [...claims.values()];
}

interface ClaimRow {
  readonly id: number;
  readonly device: string;
  readonly at: number;
  readonly detail: string | null;
  readonly ended_at: number | null;
  readonly address: Uint8Array;
}

function claimOf(id: number, row: ClaimRow) {
  return {
    id,
    // Only `parseMac` makes what is written to this column.
    claimant: row.device as Mac,
    at: Number(row.at),
    isOpen: row.ended_at === null,
    isShared: isUsedTwice(row.detail ?? ""),
    addresses: new Set<Address>(),
  };
}

export async function endClaims(transaction: Kysely<Tables>, ids: readonly number[], at: number): Promise<void> {
  for (const some of chunks(ids))
    await transaction
      .updateTable("discoveries")
      .set({ ended_at: at })
      .where("id", "in", [...some])
      .execute();
}
