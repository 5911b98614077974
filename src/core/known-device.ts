import type { Address } from "./address.ts";
import type { Mac } from "./device.ts";
import type { DiscoveryKind } from "./discovery-kinds.ts";
import type { Presence } from "./presence.ts";

/** A device as it was before a survey, or is after it. */
export interface KnownDevice {
  readonly mac: Mac;
  /** The owner's name for it, else its own. */
  readonly name?: string | undefined;
  readonly vendor?: string | undefined;
  readonly presence: Presence;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly addresses: ReadonlyMap<Address, KnownAddress>;
}

export interface KnownAddress {
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly isCurrent: boolean;
}

/** A discovery of a survey about a device. */
export interface NewsOfDevice {
  readonly kind: DiscoveryKind;
  readonly mac: Mac;
  readonly firstSeen: number;
  /** Before this survey, if it was known before. */
  readonly lastSeen: number;
  readonly detail?: string | undefined;
  /** That the device has, had last, got or gave up, as the kind says. */
  readonly addresses: readonly Address[];
  /** Recorded and not announced. */
  readonly isQuiet: boolean;
  /** It is over as soon as it is found. */
  readonly isOver?: boolean;
}

/** `nas (52:54:00:00:00:01, Synology)`, `52:54:00:00:00:01 (Synology)`, or the MAC address alone. */
export function describeDevice({ mac, name, vendor }: Pick<KnownDevice, "mac" | "name" | "vendor">): string {
  const beside = [...(name === undefined ? [] : [mac]), ...(vendor === undefined ? [] : [vendor])];
  return `${name ?? mac}${beside.length === 0 ? "" : ` (${beside.join(", ")})`}`;
}

/** The known devices that have each of `wanted` now; the one that has had it longest first. */
export function ownersOf(
  known: ReadonlyMap<Mac, KnownDevice>,
  wanted: { has(address: Address): boolean },
): ReadonlyMap<Address, readonly KnownDevice[]> {
  const owners = new Map<Address, KnownDevice[]>();
  for (const device of known.values()) {
    // An address that only another program saw does not prove that another device took it.
    if (device.presence.state === "inherited") continue;
    for (const [address, { isCurrent }] of device.addresses) {
      if (!isCurrent || !wanted.has(address)) continue;
      const others = owners.get(address);
      if (others === undefined) owners.set(address, [device]);
      else others.push(device);
    }
  }
  for (const [address, devices] of owners) {
    const since = (device: KnownDevice) => device.addresses.get(address)?.firstSeen ?? 0;
    devices.sort((a, b) => since(a) - since(b) || (a.mac < b.mac ? -1 : 1));
  }
  return owners;
}
