import { type Address, compareAddresses, familyOf } from "./address.ts";
import { claimedAddresses, type EarlierClaim, endedClaims } from "./claimed-addresses.ts";
import type { DeviceName, Mac, Neighbour } from "./device.ts";
import { mergedNames, shownName } from "./device-names.ts";
import { maxAddresses, maxDevices } from "./device-store.ts";
import { describeDevice, type KnownAddress, type KnownDevice, type NewsOfDevice, ownersOf } from "./known-device.ts";
import { type AddressRange, AddressSet } from "./network.ts";
import { type FlapPolicy, observe, type Presence, type Transition } from "./presence.ts";

export interface ComparedSurvey {
  readonly at: number;
  readonly present: readonly Neighbour[];
  readonly probed: readonly AddressRange[];
  readonly policy: FlapPolicy;
  /** Names of those that were queried, as in `RecordedSurvey`; a new device has no others. */
  readonly names?: ReadonlyMap<Mac, readonly DeviceName[]>;
  readonly vendors?: ReadonlyMap<Mac, string>;
  /** Claims to addresses that several devices have or had. */
  readonly claims?: readonly EarlierClaim[];
}

export interface Comparison {
  /** Every device with a change to write, in its new state. */
  readonly changed: readonly KnownDevice[];
  readonly news: readonly NewsOfDevice[];
  /** Discoveries of claims that are over. */
  readonly ended: readonly number[];
  /** How many unknown devices were found. */
  readonly unknown: number;
}

/**
 * A device with more IPv4 addresses than this is a router, or answers for others: changes among them are not
 * reported.
 */
const manyAddresses = 4;

/**
 * Compares the devices that are present with the known ones. Pure.
 * - A MAC address that was never seen is a new device, whatever address it has.
 * - A device imported from another program is not announced when it is first seen.
 * - A device is missed where one of the IPv4 addresses at which it was last seen was queried, or one of IPv6 where it
 *   has no other, and it answered at none. What follows from that is in presence.ts.
 * - A device at an IPv4 address that it did not have, while it gave up one that was queried, or at one that it never
 *   had, has changed its address. IPv6 addresses come and go by themselves (RFC 8981).
 * - An address of a device that is there is claimed by another one: see claimed-addresses.ts.
 */
export function compareDevices(known: ReadonlyMap<Mac, KnownDevice>, survey: ComparedSurvey): Comparison {
  const present = Map.groupBy(survey.present, ({ mac }) => mac);
  const holders = holdersOf(survey.present);
  const owners = ownersOf(known, holders);
  const probed = new AddressSet(survey.probed);
  const changed: KnownDevice[] = [];
  const news: NewsOfDevice[] = [];
  let unknown = 0;
  for (const [mac, neighbours] of present) {
    const before = known.get(mac);
    const seen = [...new Set(neighbours.map(({ address }) => address))].sort(compareAddresses);
    if (before === undefined) {
      if (unknown >= maxDevices) continue;
      unknown += 1;
      changed.push(newDevice(mac, seen, survey));
      const detail = formerHolder(seen, { owners, present });
      const { at } = survey;
      news.push({ kind: "device-new", mac, firstSeen: at, lastSeen: at, isQuiet: false, detail, addresses: seen });
      continue;
    }
    const lost = lostAddresses(before, { seen, probed, holders });
    const met = { before, seen, lost, speaksForOthers: neighbours.some(({ isRouter }) => isRouter === true) };
    const step = observe(before.presence, "sighted", survey.at, survey.policy);
    changed.push(sighted(met, step, survey.at));
    news.push(...newsOfSighted(met, step, { owners, present }));
  }
  for (const before of known.values()) {
    if (present.has(before.mac)) continue;
    const taken = [...before.addresses].filter(([address, { isCurrent }]) => isCurrent && holders.has(address));
    const step = isMissed(before, probed) ? observe(before.presence, "missed", survey.at, survey.policy) : undefined;
    if (taken.length === 0 && step === undefined) continue;
    const addresses = new Map(before.addresses);
    for (const [address, entry] of taken) addresses.set(address, { ...entry, isCurrent: false });
    changed.push({ ...before, addresses, presence: step?.presence ?? before.presence });
    if (step !== undefined)
      news.push(...changeOf(before, step, { kind: "device-gone", addresses: lastAddresses(before) }));
  }
  news.push(
    ...claimedAddresses({
      known,
      present,
      holders,
      owners,
      earlier: survey.claims ?? [],
      at: survey.at,
      policy: survey.policy,
      nameOf: (mac) => describeDevice(known.get(mac) ?? justMet(mac, survey)),
    }),
  );
  const after = new Map([...known, ...changed.map((device) => [device.mac, device] as const)]);
  const ended = endedClaims(survey.claims ?? [], after).map(({ id }) => id);
  return { changed, news, ended, unknown };
}

function justMet(mac: Mac, { names, vendors }: ComparedSurvey) {
  const name = shownName(null, mergedNames([], names?.get(mac) ?? []));
  const vendor = vendors?.get(mac);
  return { mac, name, vendor };
}

/** The devices that answered at each address. */
function holdersOf(present: readonly Neighbour[]): ReadonlyMap<Address, ReadonlySet<Mac>> {
  const holders = new Map<Address, Set<Mac>>();
  for (const { address, mac } of present) {
    const there = holders.get(address);
    if (there === undefined) holders.set(address, new Set([mac]));
    else there.add(mac);
  }
  return holders;
}

function newDevice(mac: Mac, seen: readonly Address[], { at }: ComparedSurvey): KnownDevice {
  const addresses = new Map(
    seen.slice(0, maxAddresses).map((address) => [address, { firstSeen: at, lastSeen: at, isCurrent: true }]),
  );
  const presence: Presence = { state: "present", misses: 0, changes: [], isDown: false, announcedDown: false };
  return { mac, presence, firstSeen: at, lastSeen: at, addresses };
}

interface Holders {
  /** The devices that had each address before: see `ownersOf`. */
  readonly owners: ReadonlyMap<Address, readonly KnownDevice[]>;
  readonly present: ReadonlyMap<Mac, unknown>;
}

/** `192.168.50.7 was nas (52:54:00:00:00:01) before`, where that device is not present any more. */
function formerHolder(seen: readonly Address[], there: Holders): string | undefined {
  for (const address of seen) {
    const former = there.owners.get(address)?.find(({ mac }) => !there.present.has(mac));
    if (former !== undefined && familyOf(address) === 4) return `${address} was ${describeDevice(former)} before`;
  }
  return undefined;
}

interface Met {
  readonly before: KnownDevice;
  readonly seen: readonly Address[];
  /** Addresses that it had and has no more. */
  readonly lost: readonly Address[];
  readonly speaksForOthers: boolean;
}

function lostAddresses(
  before: KnownDevice,
  met: {
    readonly seen: readonly Address[];
    readonly probed: AddressSet;
    readonly holders: ReadonlyMap<Address, unknown>;
  },
): Address[] {
  const seen = new Set(met.seen);
  return [...before.addresses]
    .filter(([address, { isCurrent }]) => isCurrent && !seen.has(address))
    .map(([address]) => address)
    .filter((address) => met.probed.has(address) || met.holders.has(address));
}

function sighted({ before, seen, lost }: Met, step: Transition, at: number): KnownDevice {
  const addresses = new Map(before.addresses);
  for (const address of lost) {
    const entry = addresses.get(address);
    if (entry !== undefined) addresses.set(address, { ...entry, isCurrent: false });
  }
  for (const address of seen) {
    addresses.set(address, { firstSeen: addresses.get(address)?.firstSeen ?? at, lastSeen: at, isCurrent: true });
  }
  return { ...before, presence: step.presence, lastSeen: at, addresses: bounded(addresses) };
}

/** The latest past addresses, and of too many current ones those that it has had longest. */
function bounded(addresses: ReadonlyMap<Address, KnownAddress>): ReadonlyMap<Address, KnownAddress> {
  if (addresses.size <= maxAddresses) return addresses;
  const ordered = [...addresses].sort(([a, one], [b, other]) => {
    if (one.isCurrent !== other.isCurrent) return one.isCurrent ? -1 : 1;
    const age = one.isCurrent ? one.firstSeen - other.firstSeen : other.lastSeen - one.lastSeen;
    return age === 0 ? compareAddresses(a, b) : age;
  });
  return new Map(ordered.slice(0, maxAddresses));
}

function newsOfSighted(met: Met, step: Transition, there: Holders): NewsOfDevice[] {
  // First sighting of an imported device: earlier changes are history.
  if (met.before.presence.state === "inherited") return [];
  const move = addressChange(met, there);
  if (step.change !== undefined)
    return changeOf(met.before, step, { kind: "device-returned", addresses: met.seen, move: move?.detail });
  if (move === undefined) return [];
  const { mac, firstSeen, lastSeen } = met.before;
  return [{ kind: "device-address-changed", mac, firstSeen, lastSeen, ...move, isQuiet: false }];
}

/** `192.168.50.20 -> 192.168.50.31`, where that is news, and whose address it was, as of a new device. */
function addressChange(
  { before, seen, lost, speaksForOthers }: Met,
  there: Holders,
): Pick<NewsOfDevice, "detail" | "addresses"> | undefined {
  const had = lastIpv4(before);
  const has = seen.filter((address) => familyOf(address) === 4);
  if (had.length === 0 || speaksForOthers || Math.max(has.length, had.length) > manyAddresses) return undefined;
  const added = has.filter((address) => !had.includes(address));
  if (added.length === 0) return undefined;
  const wasTaken = (address: Address) => before.addresses.get(address)?.isCurrent === false;
  const given = had.filter((address) => !has.includes(address) && (lost.includes(address) || wasTaken(address)));
  if (given.length > 0)
    return { detail: withFormer(`${given.join(", ")} -> ${added.join(", ")}`, added), addresses: [...given, ...added] };
  // An address that it had before and that missed one survey comes back unannounced.
  const unheardOf = added.filter((address) => !before.addresses.has(address));
  if (unheardOf.length === 0) return undefined;
  return { detail: withFormer(`${unheardOf.join(", ")} besides ${had.join(", ")}`, unheardOf), addresses: unheardOf };

  function withFormer(detail: string, addresses: readonly Address[]): string {
    return [detail, formerHolder(addresses, there)].filter((part) => part !== undefined).join("; ");
  }
}

/** The IPv4 addresses that it has; where it has none now, those that it had last. */
function lastIpv4({ addresses }: KnownDevice): Address[] {
  const four = [...addresses].filter(([address]) => familyOf(address) === 4);
  const current = four.filter(([, { isCurrent }]) => isCurrent);
  const latest = Math.max(...four.map(([, { lastSeen }]) => lastSeen));
  const last = current.length > 0 ? current : four.filter(([, { lastSeen }]) => lastSeen === latest);
  return last.map(([address]) => address).sort(compareAddresses);
}

/** The addresses at which it was last seen. */
function lastAddresses(device: KnownDevice): Address[] {
  return [...device.addresses]
    .filter(([, { isCurrent, lastSeen }]) => isCurrent || lastSeen >= device.lastSeen)
    .map(([address]) => address);
}

/** Whether one of the addresses at which it was last seen was queried. */
function isMissed(device: KnownDevice, probed: AddressSet): boolean {
  const last = lastAddresses(device);
  const four = last.filter((address) => familyOf(address) === 4);
  return (four.length > 0 ? four : last).some((address) => probed.has(address));
}

const flapping = "it comes and goes: further changes stay quiet until it settles";

function changeOf(
  { mac, firstSeen, lastSeen }: KnownDevice,
  step: Transition,
  {
    kind,
    addresses,
    move,
  }: {
    readonly kind: "device-gone" | "device-returned";
    readonly addresses: readonly Address[];
    /** Of a device that is back: its change of address. */
    readonly move?: string | undefined;
  },
): NewsOfDevice[] {
  if (step.change === undefined) return [];
  const detail = step.change === "flapping" ? [move, flapping].filter(Boolean).join("; ") : move;
  const said = step.change === "flapping" ? kind : step.change === "gone" ? "device-gone" : "device-returned";
  return [{ kind: said, mac, firstSeen, lastSeen, isQuiet: step.isQuiet, detail, addresses }];
}
