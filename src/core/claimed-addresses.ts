import { type Address, compareAddresses, familyOf } from "./address.ts";
import type { Mac } from "./device.ts";
import type { KnownDevice, NewsOfDevice } from "./known-device.ts";
import type { FlapPolicy } from "./presence.ts";

/** Addresses named in one discovery; of the others only the number. */
const addressesNamed = 3;

interface Claims {
  readonly known: ReadonlyMap<Mac, KnownDevice>;
  readonly present: ReadonlyMap<Mac, unknown>;
  /** The devices that answered at each address in this survey. */
  readonly holders: ReadonlyMap<Address, ReadonlySet<Mac>>;
  /** The devices that had each of them before: see `ownersOf`. */
  readonly owners: ReadonlyMap<Address, readonly KnownDevice[]>;
  /** Of the same addresses: the open ones, and those that ended lately. */
  readonly earlier: readonly EarlierClaim[];
  readonly at: number;
  /**
   * A device that had the address within `flapWindowMs` gets it back without an announcement: two devices that share an
   * address alternate. A conflict that ends and begins again is announced until it has changed `flapLimit` times in that time.
   */
  readonly policy: Pick<FlapPolicy, "flapLimit" | "flapWindowMs">;
  /** A device with its name and vendor, as far as they are known. */
  readonly nameOf: (mac: Mac) => string;
}

/** A claim that a survey discovered before. */
export interface EarlierClaim {
  /** Of the discovery. */
  readonly id: number;
  readonly claimant: Mac;
  readonly at: number;
  readonly isOpen: boolean;
  readonly isShared: boolean;
  readonly addresses: ReadonlySet<Address>;
}

interface Claim {
  readonly holder: Mac;
  readonly claimant: Mac;
  /** Both answered for it in this survey. */
  readonly isShared: boolean;
  readonly isQuiet: boolean;
  /** The claimant has got back what the holder took. */
  readonly isReturn: boolean;
  readonly addresses: Address[];
}

/**
 * Addresses that one device had, and that another one answers for while the first is still there itself: an address
 * that is used twice, or ARP spoofing. Announced once for the newer holder, for all addresses between the same two
 * devices; not again until it is over.
 */
export function claimedAddresses(claims: Claims): NewsOfDevice[] {
  const found = new Map<string, Claim>();
  for (const [address, macs] of claims.holders) {
    for (const { holder, claimant } of pairsOf(address, macs, claims)) {
      const isShared = macs.has(holder);
      const of = claims.earlier.filter(
        (each) => each.isShared && each.addresses.has(address) && [holder, claimant].includes(each.claimant),
      );
      const isOld =
        of.some(({ isOpen }) => isOpen) || [holder, claimant].every((mac) => hadBefore(claims, mac, address));
      if (isShared && isOld) continue;
      const isQuiet = isShared ? isFlapping(of, claims) : hadLately(claims, claimant, address);
      const isReturn = isQuiet && !isShared && isTaker(holder, address, claims);
      const key = `${holder} ${claimant} ${isShared} ${isQuiet} ${isReturn}`;
      const claim = found.get(key);
      if (claim === undefined) found.set(key, { holder, claimant, isShared, isQuiet, isReturn, addresses: [address] });
      else claim.addresses.push(address);
    }
  }
  return [...found.values()].map((claim) => newsOf(claim, claims));
}

/** It answered there at the last survey. The discovery may be deleted already. */
function hadBefore({ known }: Claims, mac: Mac, address: Address): boolean {
  const device = known.get(mac);
  return device?.addresses.get(address)?.isCurrent === true && !isAway(device);
}

/** Each time it began and ended is a change, and that it begins now. */
function isFlapping(earlier: readonly EarlierClaim[], { at, policy }: Claims): boolean {
  return earlier.filter((each) => at - each.at < policy.flapWindowMs).length * 2 + 1 >= policy.flapLimit;
}

/** Whether the device was the first that took the address in the time in which it may go to and fro. */
function isTaker(mac: Mac, address: Address, { earlier, at, policy }: Claims): boolean {
  const [first] = earlier
    .filter((each) => !each.isShared && each.addresses.has(address) && at - each.at < policy.flapWindowMs)
    .sort((one, other) => one.id - other.id);
  return first?.claimant === mac;
}

function hadLately({ known, at, policy }: Claims, mac: Mac, address: Address): boolean {
  const had = known.get(mac)?.addresses.get(address);
  return had !== undefined && at - had.lastSeen < policy.flapWindowMs;
}

/**
 * The open claims that are over, now that the devices are as they are after a survey.
 * - Two devices that use an address: one of them is gone, or answers elsewhere and not there. One that is missed has not left yet.
 * - An address that went to another device: that one does not have it any more, or the device that had it before is gone, or has got
 *   another address of that family since.
 */
export function endedClaims(
  earlier: readonly EarlierClaim[],
  devices: ReadonlyMap<Mac, KnownDevice>,
): readonly EarlierClaim[] {
  const open = earlier.filter(({ isOpen }) => isOpen);
  if (open.length === 0) return [];
  const wanted = new Set(open.flatMap(({ addresses }) => [...addresses]));
  const byAddress = new Map<Address, KnownDevice[]>([...wanted].map((address) => [address, []]));
  for (const device of devices.values())
    for (const address of device.addresses.keys()) byAddress.get(address)?.push(device);
  return open.filter((claim) => {
    const isOpenAt = (address: Address) => {
      const had = byAddress.get(address) ?? [];
      return claim.isShared ? isSharedStill(claim, address, had) : hasMovedStill(claim, address, had);
    };
    return ![...claim.addresses].some(isOpenAt);
  });
}

function isSharedStill({ claimant, at }: EarlierClaim, address: Address, had: readonly KnownDevice[]): boolean {
  const using = had.filter((device) => {
    const entry = device.addresses.get(address);
    if (entry === undefined || entry.lastSeen < at || isAway(device)) return false;
    return entry.isCurrent || entry.lastSeen === device.lastSeen;
  });
  return using.length > 1 && using.some(({ mac }) => mac === claimant);
}

function hasMovedStill({ claimant, at }: EarlierClaim, address: Address, had: readonly KnownDevice[]): boolean {
  const taker = had.find(({ mac }) => mac === claimant);
  if (taker?.addresses.get(address)?.isCurrent !== true || isAway(taker)) return false;
  const leftAt = (device: KnownDevice) => device.addresses.get(address)?.lastSeen ?? 0;
  const [former] = had
    .filter((device) => device !== taker && leftAt(device) < at)
    .sort((one, other) => leftAt(other) - leftAt(one));
  if (former === undefined) return true;
  const hasAnother = [...former.addresses].some(
    ([each, { isCurrent, firstSeen }]) => isCurrent && firstSeen > at && familyOf(each) === familyOf(address),
  );
  return !isAway(former) && !hasAnother;
}

function isAway({ presence: { state, isDown } }: KnownDevice): boolean {
  return state === "gone" || state === "inherited" || isDown;
}

/** How the detail of an address with two devices begins, before both names, which come from the network. */
const usedTwice =
  /^([\d.:a-f]+(?:%[^\s,]{1,40})?(?:, [\d.:a-f]+(?:%[^\s,]{1,40})?)*(?: and \d+ more)?) (is|are|was|were) (used|claimed) by two devices: /;

/** Whether the detail of a claim says that two devices use the address, and not that it went from one to the other. */
export function isUsedTwice(detail: string): boolean {
  return usedTwice.test(detail.slice(0, 300));
}

/** The detail of a claim that is over: `192.168.50.7 was used by two devices: ...`. */
export function pastClaim(detail: string): string {
  return detail.replace(usedTwice, (_all, addresses: string, verb: string, what: string) => {
    const past = verb === "is" || verb === "was" ? "was" : "were";
    return `${addresses} ${past} ${what} by two devices: `;
  });
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
  { holder, claimant, isShared, isQuiet, isReturn, addresses }: Claim,
  { known, at, nameOf }: Claims,
): NewsOfDevice {
  const before = known.get(claimant);
  const named = addressesText(addresses);
  const detail = isShared
    ? `${named} ${addresses.length === 1 ? "is" : "are"} used by two devices: ${nameOf(holder)} and ${nameOf(claimant)}`
    : `${named} went from ${nameOf(holder)}, which is still there, to ${nameOf(claimant)}`;
  const quiet = isReturn ? "; not reported: it had it before" : "; not reported again: it comes and goes";
  return {
    kind: "address-moved",
    mac: claimant,
    firstSeen: before?.firstSeen ?? at,
    lastSeen: before?.lastSeen ?? at,
    detail: isQuiet ? `${detail}${quiet}` : detail,
    addresses,
    isQuiet,
    isOver: isReturn,
  };
}

function addressesText(addresses: readonly Address[]): string {
  const ordered = [...addresses].sort(compareAddresses);
  const shown = ordered.slice(0, addressesNamed).join(", ");
  const left = ordered.length - addressesNamed;
  return left > 0 ? `${shown} and ${left} more` : shown;
}
