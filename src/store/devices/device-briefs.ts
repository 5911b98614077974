import type { Kysely } from "kysely";
import { type Address, compareAddresses } from "../../core/address.ts";
import { type DeviceBrief, isRandomised, type Mac } from "../../core/device.ts";
import { shownName } from "../../core/device-names.ts";
import type { Discovery } from "../../core/discovery.ts";
import { addressFromKey } from "../keys/address-key.ts";
import { padded } from "../keys/padded.ts";
import type { Tables } from "../tables.ts";
import { addressesOf } from "./devices.ts";
import { holdersOf, macsDuring } from "./holders.ts";
import { readNames } from "./stored-names.ts";

/** Keys in one statement. */
const keysAtOnce = 500;

/** A discovery as it was read, with the MAC address of the device that it is about. */
export interface ReadDiscovery {
  readonly discovery: Discovery;
  readonly device: string | null;
}

/**
 * Adds to each discovery the device that it is about, with the addresses that the discovery is about, or the device that has its
 * address now, unless several have it, and to a service that is gone the device that left its address. Looked up for a page of discoveries at once, so that reading a million services costs no join.
 */
export async function withDevices(reader: Kysely<Tables>, read: readonly ReadDiscovery[]): Promise<Discovery[]> {
  const any = await reader.selectFrom("devices").select("mac").limit(1).executeTakeFirst();
  // One that was dropped leaves its MAC address behind.
  const isKnown = any !== undefined;
  const holders = isKnown ? await holdersOf(reader, addressesIn(read)) : new Map<Address, readonly string[]>();
  const left = isKnown ? await leftBy(reader, read, holders) : new Map<number, Mac>();
  const macs = new Set<string>([...[...holders.values()].flat(), ...left.values()]);
  for (const { device } of read) if (device !== null) macs.add(device);
  const briefs = await briefsOf(reader, [...macs]);
  const concerned = await concernedAddresses(
    reader,
    read.flatMap(({ discovery, device }) => (device === null ? [] : discovery.id)),
  );
  return read.map(({ discovery, device }) => {
    const [holder, ...others] = discovery.address === undefined ? [] : (holders.get(discovery.address) ?? []);
    const mac = device ?? (others.length === 0 ? holder : undefined);
    const brief = mac === undefined ? undefined : briefs.get(mac);
    const addresses = concerned.get(discovery.id);
    const movedMac = left.get(discovery.id);
    const moved = movedMac === undefined ? undefined : briefs.get(movedMac);
    // A link-local IPv6 address alone is no way to find it: the device may have had it all the time.
    const hasMoved = moved?.isThere === true && moved.addresses.some((each) => !each.startsWith("fe80:"));
    return {
      ...discovery,
      device: brief,
      ...(hasMoved ? { movedDevice: moved } : {}),
      ...(addresses === undefined ? {} : { addresses }),
    };
  });
}

/** The device that had the address of each service that is gone when it was seen last, where nothing has the address now. */
async function leftBy(
  reader: Kysely<Tables>,
  read: readonly ReadDiscovery[],
  holders: ReadonlyMap<Address, readonly string[]>,
): Promise<ReadonlyMap<number, Mac>> {
  const asked = read.flatMap(({ discovery: { id, kind, address, lastSeen } }) =>
    kind === "gone" && address !== undefined && lastSeen !== undefined && !holders.has(address)
      ? [{ id, address, from: lastSeen, to: lastSeen }]
      : [],
  );
  if (asked.length === 0) return new Map();
  const found = await macsDuring(reader, asked);
  return new Map(
    asked.flatMap(({ id }, index): [number, Mac][] => {
      const [mac, ...others] = found[index] ?? [];
      return mac === undefined || others.length > 0 ? [] : [[id, mac]];
    }),
  );
}

/** The addresses that each of these discoveries of devices is about, in order. */
async function concernedAddresses(
  reader: Kysely<Tables>,
  ids: readonly number[],
): Promise<ReadonlyMap<number, readonly Address[]>> {
  const concerned = new Map<number, Address[]>();
  for (let from = 0; from < ids.length; from += keysAtOnce) {
    const rows = await reader
      .selectFrom("discovery_addresses")
      .selectAll()
      .where("discovery_id", "in", padded(ids.slice(from, from + keysAtOnce)))
      .orderBy("discovery_id")
      .orderBy("address")
      .execute();
    for (const { discovery_id: id, address } of rows) {
      const known = concerned.get(id);
      if (known === undefined) concerned.set(id, [addressFromKey(address)]);
      else known.push(addressFromKey(address));
    }
  }
  return concerned;
}

function addressesIn(read: readonly ReadDiscovery[]): Address[] {
  return [...new Set(read.flatMap(({ discovery, device }) => (device === null ? (discovery.address ?? []) : [])))];
}

async function briefsOf(reader: Kysely<Tables>, macs: readonly string[]): Promise<ReadonlyMap<string, DeviceBrief>> {
  const briefs = new Map<string, DeviceBrief>(macs.map((mac) => [mac, unknownDevice(mac as Mac)]));
  for (let from = 0; from < macs.length; from += keysAtOnce) {
    const some = macs.slice(from, from + keysAtOnce);
    const addresses = await addressesOf(reader, some);
    const rows = await reader
      .selectFrom("devices")
      .selectAll()
      .where("site", "=", "local")
      .where("mac", "in", some)
      .execute();
    for (const row of rows) {
      const name = shownName(row.own_name, readNames(row.names));
      const current = (addresses.get(row.mac) ?? []).filter(({ is_current }) => is_current === 1);
      briefs.set(row.mac, {
        ...unknownDevice(row.mac as Mac),
        name,
        vendor: row.vendor ?? undefined,
        approved: row.is_approved === 1,
        isThere: row.state === "present" && row.misses === 0 ? true : undefined,
        addresses: current.map(({ address }) => addressFromKey(address)).sort(compareAddresses),
      });
    }
  }
  return briefs;
}

function unknownDevice(mac: Mac): DeviceBrief {
  return { mac, randomised: isRandomised(mac), approved: false, addresses: [] };
}
