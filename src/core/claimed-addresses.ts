import { type Address, compareAddresses } from "./address.ts";
import type { Mac } from "./device.ts";
import type { KnownDevice, NewsOfDevice } from "./known-device.ts";

/** Addresses named in one discovery; of the others only the number. */
const addressesNamed = 3;

interface Claims {
  readonly known: ReadonlyMap<Mac, KnownDevice>;
  readonly present: ReadonlyMap<Mac, unknown>;
  /** The devices that answered at each address in this survey. */
  readonly holders: ReadonlyMap<Address, ReadonlySet<Mac>>;
  /** The devices that had each of them before: see `ownersOf`. */
  readonly owners: ReadonlyMap<Address, readonly KnownDevice[]>;
  readonly at: number;
  /**
   * A device that had the address within this time gets it back without an announcement: two devices that share an
   * address alternate.
   */
  readonly quietMs: number;
  /** A device with its name and vendor, as far as they are known. */
  readonly nameOf: (mac: Mac) => string;
}

interface Claim {
  readonly holder: Mac;
  readonly claimant: Mac;
  /** Both answered for it in this survey. */
  readonly isShared: boolean;
  readonly isQuiet: boolean;
  readonly addresses: Address[];
}

/**
 * Addresses that one device had, and that another one answers for while the first is still there itself: an address
 * that is used twice, or ARP spoofing. Announced once for the newer holder, for all addresses between the same two
 * devices; not again while both keep answering.
 */
export function claimedAddresses(claims: Claims): NewsOfDevice[] {
  const found = new Map<string, Claim>();
  for (const [address, macs] of claims.holders) {
    for (const { holder, claimant } of pairsOf(address, macs, claims)) {
      const isShared = macs.has(holder);
      const had = claims.known.get(claimant)?.addresses.get(address);
      if (isShared && had?.isCurrent === true) continue;
      const isQuiet = had !== undefined && claims.at - had.lastSeen < claims.quietMs;
      const key = `${holder} ${claimant} ${isShared} ${isQuiet}`;
      const claim = found.get(key);
      if (claim === undefined) found.set(key, { holder, claimant, isShared, isQuiet, addresses: [address] });
      else claim.addresses.push(address);
    }
  }
  return [...found.values()].map((claim) => newsOf(claim, claims));
}

/**
 * For each device that answers at the address: the devices that had it before and are present, or answer for it, too.
 */
function pairsOf(address: Address, macs: ReadonlySet<Mac>, { owners, present }: Claims) {
  const had = (owners.get(address) ?? []).map(({ mac }) => mac).filter((mac) => present.has(mac));
  // No device had it: of several that answer for it now, any can be the holder.
  const [holder] = had.length > 0 ? had : [...macs].sort();
  if (holder === undefined) return [];
  return [...macs]
    .filter((mac) => mac !== holder && (macs.has(holder) || !had.includes(mac)))
    .map((claimant) => ({ holder, claimant }));
}

function newsOf(
  { holder, claimant, isShared, isQuiet, addresses }: Claim,
  { known, at, nameOf }: Claims,
): NewsOfDevice {
  const before = known.get(claimant);
  const named = addressesText(addresses);
  const detail = isShared
    ? `${named} ${addresses.length === 1 ? "is" : "are"} used by two devices: ${nameOf(holder)} and ${nameOf(claimant)}`
    : `${named} went from ${nameOf(holder)}, which is still there, to ${nameOf(claimant)}`;
  return {
    kind: "address-moved",
    mac: claimant,
    firstSeen: before?.firstSeen ?? at,
    lastSeen: before?.lastSeen ?? at,
    detail,
    addresses,
    isQuiet,
  };
}

function addressesText(addresses: readonly Address[]): string {
  const ordered = [...addresses].sort(compareAddresses);
  const shown = ordered.slice(0, addressesNamed).join(", ");
  const left = ordered.length - addressesNamed;
  return left > 0 ? `${shown} and ${left} more` : shown;
}
