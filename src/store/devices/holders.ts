/** Which devices have an address, or had it at a time. */
import type { Kysely } from "kysely";
import type { Address } from "../../core/address.ts";
import type { SourceHolder } from "../../core/connection-store.ts";
import type { Mac } from "../../core/device.ts";
import { answeringFirst } from "../../core/device-store.ts";
import { type AddressTime, type Stay, staysAt } from "../../core/stays.ts";
import { addressFromKey, addressKey } from "../keys/address-key.ts";
import { padded } from "../keys/padded.ts";
import type { Tables } from "../tables.ts";
import { namedDevices } from "./named-devices.ts";
import { chunks } from "./write-devices.ts";

/** The devices that have each address now, by MAC address: more than one where it is used twice. */
export async function holdersOf(
  reader: Kysely<Tables>,
  addresses: readonly Address[],
): Promise<ReadonlyMap<Address, readonly string[]>> {
  const held = new Map<Address, readonly string[]>();
  for (const [address, all] of await entriesOf(reader, addresses, { isCurrent: true }))
    held.set(
      address,
      answeringFirst(all).map(({ mac }) => mac),
    );
  return held;
}

/** For each of these, in their order: the devices that had the address then; `undefined` where none is known. */
export async function holdersDuring(
  reader: Kysely<Tables>,
  asked: readonly AddressTime[],
): Promise<readonly (SourceHolder | undefined)[]> {
  const found = await macsDuring(reader, asked);
  const named = await namedDevices(reader, [...new Set(found.flat())]);
  return found.map((macs) => {
    const [mac, ...others] = macs;
    if (mac === undefined) return undefined;
    const device = others.length === 0 ? named.get(mac) : undefined;
    return { macs, approved: false, ...device };
  });
}

/** For each of these, in their order: the MAC addresses of the devices that had the address then, as far as that can be told. */
export async function macsDuring(
  reader: Kysely<Tables>,
  asked: readonly AddressTime[],
): Promise<readonly (readonly Mac[])[]> {
  const stays = await staysOf(reader, [...new Set(asked.map(({ address }) => address))]);
  return asked.map((each) => staysAt(stays.get(each.address) ?? [], each));
}

async function staysOf(
  reader: Kysely<Tables>,
  addresses: readonly Address[],
): Promise<ReadonlyMap<Address, readonly Stay[]>> {
  const stays = new Map<Address, readonly Stay[]>();
  for (const [address, all] of await entriesOf(reader, addresses)) {
    const current = new Set(
      answeringFirst(all.filter(({ is_current: isCurrent }) => isCurrent === 1)).map(({ mac }) => mac),
    );
    stays.set(
      address,
      all.map(({ mac, first_seen: firstSeen, last_seen: lastSeen }) => ({
        // Only `parseMac` makes what is written to this column.
        mac: mac as Mac,
        from: firstSeen,
        to: current.has(mac) ? undefined : lastSeen,
      })),
    );
  }
  return stays;
}

/** The entries of devices about each of these addresses, by MAC address. */
async function entriesOf(
  reader: Kysely<Tables>,
  addresses: readonly Address[],
  { isCurrent = false }: { readonly isCurrent?: boolean } = {},
) {
  const entries = [];
  for (const some of chunks(addresses)) {
    const ofSome = reader
      .selectFrom("device_addresses as a")
      .innerJoin("devices as d", (join) => join.onRef("d.mac", "=", "a.mac").onRef("d.site", "=", "a.site"))
      .select(["a.address", "a.mac", "a.first_seen", "a.last_seen", "a.is_current", "d.state"])
      .where("a.site", "=", "local")
      .where("a.address", "in", padded(some).map(addressKey))
      .orderBy("a.mac");
    entries.push(...(await (isCurrent ? ofSome.where("a.is_current", "=", 1) : ofSome).execute()));
  }
  return Map.groupBy(entries, ({ address }) => addressFromKey(address));
}
