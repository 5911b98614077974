import { lookup } from "node:dns/promises";
import path from "node:path";
import { type Address, addressToBigInt, type Family, familyOf, parseAddress } from "../../../core/address.ts";
import { type AddressRange, mergeRanges, subtractRanges } from "../../../core/network.ts";
import { understandNmapArguments } from "./nmap-arguments.ts";
import type { NmapCall } from "./nmap-call.ts";
import { readNmapList } from "./nmap-lists.ts";
import { fingerprint } from "./nmap-result.ts";
import { readNmapTarget } from "./nmap-targets.ts";

/** The addresses of a name, as the system's resolver gives them to nmap. Rejects where there are none. */
export type LookupFamily = (name: string, family: Family) => Promise<readonly string[]>;

/** What a call of nmap is told to scan, as far as it can be known before it runs. */
export interface RequestedTargets {
  /** Numeric targets, without exclusions. */
  readonly ranges: readonly AddressRange[];
  readonly excluded: readonly AddressRange[];
  /** Addresses of each name, as the resolver gives them; `undefined` where nmap runs elsewhere and may get others. */
  readonly names: ReadonlyMap<string, readonly Address[] | undefined>;
  /** Words that may not be targets. */
  readonly odd: readonly string[];
  /** Each port gets one packet (`--max-retries 0`). */
  readonly isHasty: boolean;
  /** The files that were read, each with its {@link fingerprint}; if it changes, the targets may have changed. */
  readonly lists: ReadonlyMap<string, string>;
}

export interface RequestedTargetsOptions {
  /** nmap runs on this machine, so names resolve to the same addresses. */
  readonly isFromHere: boolean;
  /** Relative file names refer to the working directory of this process. */
  readonly isInOurFolder: boolean;
  readonly lookup?: LookupFamily | undefined;
}

/** With more names or ranges the targets count as unknown. */
const maxNames = 1024;
const maxRanges = 200_000;
const lookupsAtOnce = 16;

/**
 * Reads the targets of a call and its files, and resolves its names. Called before nmap runs, because files may change.
 * @returns `undefined` where the targets are unknown: variables, random targets, a list from another program
 */
export async function readRequestedTargets(
  call: NmapCall | undefined,
  options: RequestedTargetsOptions,
): Promise<RequestedTargets | undefined> {
  if (call === undefined) return undefined;
  const understood = understandNmapArguments(call.args, "targets");
  if (understood.kind === "not-understood") return undefined;
  const { request } = understood;
  const targets = new TargetWords();
  const excluded = new TargetWords();
  const lists = new Map<string, string>();
  for (const word of [...request.targets, ...request.oddTargets]) targets.add(word);
  for (const word of request.exclude) excluded.add(word);
  for (const [files, words] of [
    [request.targetFiles, targets],
    [request.excludeFiles, excluded],
  ] as const) {
    for (const file of files) {
      if (!options.isInOurFolder && !path.isAbsolute(file)) return undefined;
      lists.set(file, await fingerprint(file));
      const list = await readNmapList(file);
      if (list === undefined) return undefined;
      for (const word of list) words.add(word);
    }
  }
  const family = request.isIpv6 ? 6 : 4;
  if (targets.isTooMuch || excluded.isTooMuch || excluded.odd.size > 0) return undefined;
  // Another resolver may give other addresses for an excluded name.
  if (excluded.names.size > 0 && !options.isFromHere) return undefined;
  const lookUp = options.lookup ?? lookUpHere;
  const holes = await lookUpAll(excluded.names, family, lookUp);
  if ([...holes.values()].some((addresses) => addresses.length === 0)) return undefined;
  return {
    ranges: targets.ranges.filter((range) => range.family === family),
    excluded: [...excluded.ranges, ...[...holes.values()].flat().map(rangeOf)],
    names: options.isFromHere
      ? await lookUpAll(targets.names, family, lookUp)
      : new Map([...targets.names].map((name) => [name, undefined])),
    odd: [...targets.odd],
    isHasty: request.maxRetries === 0,
    lists,
  };
}

/** `undefined` where a file changed meanwhile, perhaps by the command line itself: what nmap read is unknown then. */
export async function unlessListsChanged(
  requested: RequestedTargets | undefined,
): Promise<RequestedTargets | undefined> {
  for (const [file, before] of requested?.lists ?? []) {
    if ((await fingerprint(file)) !== before) return undefined;
  }
  return requested;
}

/** What nmap reported about its targets. */
export interface TargetReport {
  /** Targets that it left out. */
  readonly skipped: ReadonlySet<string>;
  /** The address that it used for a name. */
  readonly taken: ReadonlyMap<string, Address>;
}

/**
 * The addresses that nmap was requested to ask and did not leave out. Of a name, nmap takes one address: the one that it reports,
 * or the only one. Which of several it took is unknown, so none of them counts.
 * @returns `undefined` where they are unknown
 */
export function requestedRanges(
  requested: RequestedTargets,
  { skipped, taken }: TargetReport,
): readonly AddressRange[] | undefined {
  if (requested.odd.some((target) => !skipped.has(target))) return undefined;
  const ofNames = [...requested.names].flatMap(([name, addresses]) => {
    const reported = taken.get(name);
    if (reported !== undefined) return [reported];
    return skipped.has(name) || addresses?.length !== 1 ? [] : addresses;
  });
  const leftOut = [...skipped].flatMap((target) => parseAddress(target) ?? []);
  return subtractRanges(
    [...requested.ranges, ...ofNames.map(rangeOf)],
    [...requested.excluded, ...leftOut.map(rangeOf)],
  );
}

/** Names that have no address here, and for which nmap reports none. */
export function unresolvedNames(requested: RequestedTargets, { taken }: TargetReport): readonly string[] {
  return [...requested.names].flatMap(([name, addresses]) =>
    addresses?.length === 0 && !taken.has(name) ? [name] : [],
  );
}

class TargetWords {
  readonly ranges: AddressRange[] = [];
  readonly names = new Set<string>();
  readonly odd = new Set<string>();

  get isTooMuch(): boolean {
    return this.ranges.length > maxRanges || this.names.size > maxNames || this.odd.size > maxNames;
  }

  add(word: string): void {
    if (this.isTooMuch) return;
    const target = readNmapTarget(word);
    if (target.kind === "ranges") this.ranges.push(...target.ranges);
    else if (target.kind === "name") this.names.add(target.name);
    else this.odd.add(word);
  }
}

/** Each name with its addresses; an empty list where it has none. */
async function lookUpAll(
  names: ReadonlySet<string>,
  family: Family,
  lookUp: LookupFamily,
): Promise<ReadonlyMap<string, readonly Address[]>> {
  const found = new Map<string, readonly Address[]>();
  const rest = [...names];
  for (let at = 0; at < rest.length; at += lookupsAtOnce) {
    await Promise.all(
      rest.slice(at, at + lookupsAtOnce).map(async (name) => {
        const texts = await lookUp(name, family).catch(() => []);
        found.set(name, [...new Set(texts.flatMap((text) => parseAddress(text) ?? []))]);
      }),
    );
  }
  return found;
}

async function lookUpHere(name: string, family: Family): Promise<readonly string[]> {
  const answers = await lookup(name, { all: true, family, order: "verbatim" });
  return answers.map(({ address }) => address);
}

function rangeOf(address: Address): AddressRange {
  const value = addressToBigInt(address);
  return { family: familyOf(address), first: value, last: value };
}

/** The number of addresses, each once. */
export function countAddresses(ranges: readonly AddressRange[]): bigint {
  return mergeRanges(ranges).reduce((sum, range) => sum + range.last - range.first + 1n, 0n);
}
