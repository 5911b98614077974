import type { Address } from "../../core/address.ts";
import type { DeviceName, Mac } from "../../core/device.ts";
import { mergedNames } from "../../core/device-names.ts";
import { maxAddresses } from "../../core/device-store.ts";
import type { ImportOutcome } from "../../core/import-store.ts";
import type { ImportedDevice } from "../../core/imported.ts";
import type { KnownAddress } from "../../core/known-device.ts";
import { safeText } from "../../core/safe-text.ts";
import type { PresenceState } from "../../core/store.ts";

/** UTF-16 units, as for names and vendors from other sources. */
const textLimit = 200;

/** What is stored of a device, as far as an import may change it. */
export interface StoredDevice {
  readonly state: PresenceState;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly ownName: string | null;
  readonly approved: boolean;
  readonly names: readonly DeviceName[];
  readonly vendor: string | null;
  readonly addresses: ReadonlyMap<Address, KnownAddress>;
}

export interface MergedDevice extends ImportOutcome {
  readonly device: StoredDevice;
}

/**
 * Merges what is known of a device with what another program knew: the earliest and the latest time, the owner's name and
 * approval of both (where two names differ, the one given here), names and addresses of both. What is new is
 * `inherited`, and has the addresses at which it was last seen. Pure; merging the same again changes nothing.
 */
export function mergeDevice(known: StoredDevice | undefined, imported: ImportedDevice): MergedDevice {
  const name = cleaned(imported.name);
  const vendor = cleaned(imported.vendor);
  const isOurs = known !== undefined && known.state !== "inherited";
  const lastSeen = Math.max(known?.lastSeen ?? 0, imported.lastSeen);
  const device: StoredDevice = {
    state: known?.state ?? "inherited",
    firstSeen: Math.min(known?.firstSeen ?? imported.firstSeen, imported.firstSeen),
    lastSeen,
    ownName: known?.ownName ?? name,
    approved: known?.approved === true || imported.approved,
    names: mergedNames(imported.names, known?.names ?? []),
    vendor: known?.vendor ?? vendor,
    addresses: mergedAddresses(known?.addresses ?? new Map(), imported, { isOurs, lastSeen }),
  };
  const conflict =
    name !== null && device.ownName !== null && device.ownName !== name
      ? {
          conflict: {
            subject: imported.mac satisfies Mac,
            field: "name" as const,
            stored: device.ownName,
            imported: name,
            kept: "stored" as const,
          },
        }
      : {};
  if (known === undefined) return { kind: "added", device };
  return { kind: isSame(known, device) ? "unchanged" : "merged", device, ...conflict };
}

function cleaned(text: string | undefined): string | null {
  const safe = text === undefined ? "" : safeText(text, { limit: textLimit }).trim();
  return safe === "" ? null : safe;
}

function mergedAddresses(
  known: ReadonlyMap<Address, KnownAddress>,
  imported: ImportedDevice,
  { isOurs, lastSeen }: { readonly isOurs: boolean; readonly lastSeen: number },
): ReadonlyMap<Address, KnownAddress> {
  const merged = new Map(known);
  for (const { address, firstSeen, lastSeen } of imported.addresses) {
    const before = merged.get(address);
    merged.set(address, {
      firstSeen: Math.min(before?.firstSeen ?? firstSeen, firstSeen),
      lastSeen: Math.max(before?.lastSeen ?? lastSeen, lastSeen),
      isCurrent: before?.isCurrent ?? false,
    });
  }
  // Once a survey has found the device, surveys decide which addresses it has now.
  if (!isOurs) {
    for (const [address, entry] of merged) merged.set(address, { ...entry, isCurrent: entry.lastSeen >= lastSeen });
  }
  if (merged.size <= maxAddresses) return merged;
  const latestFirst = [...merged].sort(
    ([a, one], [b, other]) =>
      Number(other.isCurrent) - Number(one.isCurrent) || other.lastSeen - one.lastSeen || (a < b ? -1 : 1),
  );
  return new Map(latestFirst.slice(0, maxAddresses));
}

function isSame(one: StoredDevice, other: StoredDevice): boolean {
  return (
    one.firstSeen === other.firstSeen &&
    one.lastSeen === other.lastSeen &&
    one.ownName === other.ownName &&
    one.approved === other.approved &&
    one.vendor === other.vendor &&
    JSON.stringify(one.names) === JSON.stringify(other.names) &&
    one.addresses.size === other.addresses.size &&
    [...other.addresses].every(([address, entry]) => {
      const before = one.addresses.get(address);
      return (
        before?.firstSeen === entry.firstSeen &&
        before.lastSeen === entry.lastSeen &&
        before.isCurrent === entry.isCurrent
      );
    })
  );
}
