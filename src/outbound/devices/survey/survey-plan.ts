import { type Address, addressFromBigInt, addressToBigInt, familyOf } from "../../../core/address.ts";
import type { Link, SurveyRequest } from "../../../core/link-survey.ts";
import { type AddressRange, AddressSet, mergeRanges, rangeSize } from "../../../core/network.ts";

/** What a survey probes, computed before anything is sent. */
export interface SurveyPlan {
  /** Interfaces that reach a part of the request, each once. */
  readonly interfaces: readonly InterfacePlan[];
  /** Number of on-link addresses over the limit of a survey. */
  readonly leftOut: bigint;
}

export interface InterfacePlan {
  readonly name: string;
  /** Its zone in a link-local address: its name, on Windows its number. */
  readonly zone: string;
  /** IPv4 addresses to probe: known ones first, then in order. */
  readonly targets4: readonly Target4[];
  /** IPv6 addresses of known devices to probe; link-local ones with their zone. */
  readonly targets6: readonly Address[];
  /** This machine's own IPv6 addresses there, at least one of them link-local where there is one. */
  readonly own6: readonly Link[];
  /** Addresses for which an IPv4 answer counts. */
  readonly covered4: AddressSet;
  /** Addresses for which an IPv6 answer counts: link-local ones and the networks of the interface. */
  readonly covered6: AddressSet;
}

export interface Target4 {
  readonly target: Address;
  /** The network of this machine that the target is in; it decides the source address of the probe. */
  readonly link: Link;
  /** A known device had this address when it was last seen. */
  readonly isKnown: boolean;
}

export interface PlanSources {
  readonly links4: readonly Link[];
  readonly links6: readonly Link[];
  readonly routes6: readonly { readonly link: string; readonly range: AddressRange }[];
  readonly maxAddresses: number;
}

const linkLocal6: AddressRange = {
  family: 6,
  first: 0xfe80n << 112n,
  last: (0xfe80n << 112n) | ((1n << 64n) - 1n),
};

/** Matches the request with the own networks. Addresses that `isAllowed` refuses, and this machine, are not probed. */
export function planSurvey(request: SurveyRequest, sources: PlanSources): SurveyPlan {
  const own = new Set([...sources.links4, ...sources.links6].map(({ address }) => address));
  const targets = new TargetPlanner(request, own, sources.maxAddresses);
  const names = new Set([...sources.links4, ...sources.links6].map(({ name }) => name));
  const interfaces = [...names].flatMap((name) => planInterface(name, request, sources, targets) ?? []);
  return { interfaces, leftOut: targets.leftOut };
}

function planInterface(
  name: string,
  request: SurveyRequest,
  sources: PlanSources,
  targets: TargetPlanner,
): InterfacePlan | undefined {
  const links4 = sources.links4.filter((link) => link.name === name);
  const own6 = sources.links6.filter((link) => link.name === name);
  const ranges6 = [
    ...(own6.length === 0 ? [] : [linkLocal6]),
    ...own6.map(({ range }) => range).filter((range) => rangeSize(range) > 1n),
    ...sources.routes6.filter(({ link }) => link === name).map(({ range }) => range),
  ];
  const covered4 = links4.flatMap(({ range }) => overlaps(request.ranges, hostsOf(range)));
  const onLink6 = new AddressSet(ranges6);
  const targets4 = links4.flatMap((link) => targets.of(link));
  const zone = own6.map(({ address }) => address.split("%", 2)[1]).find((found) => found !== undefined) ?? name;
  const targets6 = targets.known6(zone, onLink6);
  const isWanted = covered4.length > 0 || targets4.length > 0 || targets6.length > 0;
  if (!isWanted && overlaps(request.ranges, ...ranges6).length === 0) return undefined;
  const known4 = targets4.map(({ target }) => single(target));
  return {
    name,
    zone,
    targets4,
    targets6,
    own6,
    covered4: new AddressSet([...covered4, ...known4]),
    covered6: onLink6,
  };
}

/** Plans each probe once, up to the limit. */
class TargetPlanner {
  readonly #request: SurveyRequest;
  readonly #taken: Set<Address>;
  #room: number;
  leftOut = 0n;

  constructor(request: SurveyRequest, own: ReadonlySet<Address>, maxAddresses: number) {
    this.#request = request;
    this.#taken = new Set(own);
    this.#room = maxAddresses;
  }

  of(link: Link): readonly Target4[] {
    const hosts = hostsOf(link.range);
    const onLink = new AddressSet([hosts]);
    const targets: Target4[] = [];
    for (const target of this.#request.known) {
      if (familyOf(target) === 4 && onLink.has(target) && this.#take(target))
        targets.push({ target, link, isKnown: true });
    }
    for (const { first, last } of overlaps(this.#request.ranges, hosts)) {
      for (let value = first; value <= last; value++) {
        if (this.#room <= 0) {
          this.leftOut += last - value + 1n;
          break;
        }
        const target = addressFromBigInt(value, 4);
        if (this.#take(target)) targets.push({ target, link, isKnown: false });
      }
    }
    return targets;
  }

  /** Addresses with a zone belong to that interface alone; the others to the first whose network has them. */
  known6(interfaceZone: string, onLink: AddressSet): readonly Address[] {
    return this.#request.known.filter((address) => {
      if (familyOf(address) !== 6 || !onLink.has(address)) return false;
      const [, zone] = address.split("%", 2);
      const isLinkLocal = addressToBigInt(address) >> 118n === 0x3fan;
      return (isLinkLocal ? zone === interfaceZone : zone === undefined) && this.#take(address);
    });
  }

  #take(address: Address): boolean {
    if (this.#room <= 0 || this.#taken.has(address) || !this.#request.isAllowed(address)) return false;
    this.#taken.add(address);
    this.#room -= 1;
    return true;
  }
}

/** A network without its network and broadcast addresses; a /31 has none (RFC 3021). */
function hostsOf(range: AddressRange): AddressRange {
  return rangeSize(range) <= 2n ? range : { ...range, first: range.first + 1n, last: range.last - 1n };
}

function overlaps(ranges: readonly AddressRange[], ...others: readonly AddressRange[]): readonly AddressRange[] {
  return mergeRanges(
    ranges.flatMap((range) =>
      others.flatMap((other): AddressRange[] => {
        const first = range.first > other.first ? range.first : other.first;
        const last = range.last < other.last ? range.last : other.last;
        return range.family !== other.family || first > last ? [] : [{ family: range.family, first, last }];
      }),
    ),
  );
}

/** One address as a range. */
export function single(address: Address): AddressRange {
  const value = addressToBigInt(address);
  return { family: familyOf(address), first: value, last: value };
}
