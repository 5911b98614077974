import { type Address, addressFromBigInt, familyOf, parseAddress } from "../../../core/address.ts";
import { messageOf, systemCode } from "../../../core/errors.ts";
import { type AddressRange, formatRange, parseRange, subtractRanges } from "../../../core/network.ts";
import { nameRanges, splitHostless } from "./hostless.ts";
import { outOfScope, type Scope } from "./scope.ts";
import { readTargetFile } from "./target-file.ts";
import { parseTarget } from "./target-syntax.ts";

/** All addresses of a name, as `node:dns/promises` `lookup(name, { all: true })` gives them. Rejects when there are none. */
export type LookupAll = (name: string) => Promise<readonly { readonly address: string }[]>;

/** The addresses to scan. Memory grows with the number of targets, never with the number of addresses. */
export interface ScanTargets {
  /** Sorted, disjoint, without exclusions. */
  readonly ranges: readonly AddressRange[];
  /** The name by which an address was given. Where several names share one, the first. */
  readonly names: ReadonlyMap<Address, string>;
  /** The interface of a link-local address that was given with one. */
  readonly zones: ReadonlyMap<Address, string>;
  /** Names that could not be resolved, each with the reason. The other targets are scanned. */
  readonly unresolved: readonly string[];
  /** Targets that cannot be hosts; see hostless.ts. */
  readonly leftOut: readonly AddressRange[];
}

export type TargetsOutcome =
  | { readonly kind: "targets"; readonly targets: ScanTargets }
  | { readonly kind: "bad"; readonly reason: string; readonly remedy?: string };

export interface TargetOptions {
  readonly targets: readonly string[];
  readonly exclude: readonly string[];
  readonly scope: Scope;
  readonly lookup: LookupAll;
  /** Addresses that cannot be hosts. */
  readonly hostless: readonly AddressRange[];
  readonly signal?: AbortSignal;
}

type Bad = Extract<TargetsOutcome, { readonly kind: "bad" }>;

/** A range and its origin: a name, or the text of the target and its line in a file. */
interface Given {
  readonly range: AddressRange;
  readonly label: string;
  readonly name?: string;
  readonly zone?: string | undefined;
}

/** How many names are looked up at once; the resolver has few threads. */
const lookupsAtOnce = 16;

/**
 * Resolves targets to addresses: reads files, looks names up (all their addresses), subtracts exclusions, and checks the rest
 * against the scope. Every failure names the target. A name that cannot be resolved does not prevent the scan of the others.
 */
export async function resolveTargets(options: TargetOptions): Promise<TargetsOutcome> {
  const exclusions = await gather(options.exclude, options, "exclude");
  if (exclusions.kind === "bad") return exclusions;
  const { given: excluded, unresolved: unknownHoles } = exclusions;
  // The host of that name must not be probed, and its address is unknown.
  if (unknownHoles[0] !== undefined) return { kind: "bad", reason: `exclude: ${unknownHoles[0]}` };
  const gathered = await gather(options.targets, options, "target");
  if (gathered.kind === "bad") return gathered;
  const { given, unresolved } = gathered;
  if (given.length === 0 && unresolved[0] !== undefined)
    return { kind: "bad", reason: unresolved.slice(0, 5).join("; ") };
  const holes = excluded.map(({ range }) => range);
  const named = subtractRanges(
    given.map(({ range }) => range),
    holes,
  );
  const { hosts: wanted, leftOut } = splitHostless(named, options.hostless);
  if (wanted.length === 0 && leftOut.length > 0) return noHosts(leftOut);
  const outside = outOfScope(wanted, options.scope);
  const notAllowed = outside[0];
  if (notAllowed !== undefined) return refuse(notAllowed, given, outside.length);

  const ranges = subtractRanges(wanted, options.scope.exclude);
  if (ranges.length === 0) {
    const reason = given.length === 0 ? "no target is given" : "every target is excluded";
    return { kind: "bad", reason: `there is nothing to scan: ${reason}` };
  }
  const names = new Map<Address, string>();
  const zones = new Map<Address, string>();
  for (const { range, name, zone, label } of given) {
    if (name === undefined && zone === undefined) continue;
    const address = addressFromBigInt(range.first, range.family);
    if (name !== undefined && !names.has(address)) names.set(address, name);
    if (zone === undefined) continue;
    const other = zones.get(address);
    if (other !== undefined && other !== zone)
      return {
        kind: "bad",
        reason: `${label}: ${address} is given on two interfaces, ${other} and ${zone}; scan them separately`,
      };
    zones.set(address, zone);
  }
  return { kind: "targets", targets: { ranges, names, zones, unresolved, leftOut } };
}

function noHosts(leftOut: readonly AddressRange[]): Bad {
  return {
    kind: "bad",
    reason: `there is nothing to scan: no host can have such an address (network, broadcast, multicast, reserved): ${nameRanges(leftOut)}`,
    remedy: "name addresses of hosts",
  };
}

function refuse(notAllowed: AddressRange, given: readonly Given[], parts: number): Bad {
  const source = given.find(
    ({ range }) =>
      range.family === notAllowed.family && range.first <= notAllowed.last && notAllowed.first <= range.last,
  );
  const shown = formatRange(notAllowed);
  const label = source?.label ?? shown;
  const what = label === shown ? shown : `${label} (${shown}${parts > 1 ? " and more" : ""})`;
  return {
    kind: "bad",
    reason: `${what} is outside the allowed scope, which is private, loopback and link-local addresses and scope.allow`,
    remedy: "list it in scope.allow if you may probe it",
  };
}

interface Gathered {
  readonly kind: "gathered";
  readonly given: readonly Given[];
  /** What could not be resolved, and why. */
  readonly unresolved: readonly string[];
}

async function gather(
  texts: readonly string[],
  options: TargetOptions,
  role: "target" | "exclude",
): Promise<Gathered | Bad> {
  const given: Given[] = [];
  const lookups: { readonly name: string; readonly where: string }[] = [];
  const add = (text: string, where: string): Bad | { readonly file: string } | undefined => {
    const parsed = parseTarget(text);
    switch (parsed.kind) {
      case "range":
        given.push({ range: parsed.range, zone: parsed.zone, label: `${where}${text}` });
        return undefined;
      case "name":
        lookups.push({ name: parsed.name, where });
        return undefined;
      case "file":
        return { file: parsed.path };
      case "bad":
        return { kind: "bad", reason: `${where}${role === "exclude" ? "exclude: " : ""}${parsed.reason}` };
    }
  };
  for (const text of texts) {
    const bare = text.trim();
    const outcome = add(bare, "");
    if (outcome === undefined) continue;
    if ("kind" in outcome) return outcome;
    const file = await readTargetFile(outcome.file);
    if (file.kind === "bad") return file;
    for (const line of file.targets) {
      const nested = add(line.text, `${line.where}: `);
      if (nested === undefined) continue;
      if ("kind" in nested) return nested;
      return { kind: "bad", reason: `${line.where}: a target file cannot name another file` };
    }
  }
  const unresolved = await lookUpAll(lookups, options, given);
  return Array.isArray(unresolved) ? { kind: "gathered", given, unresolved } : unresolved;
}

async function lookUpAll(
  lookups: readonly { readonly name: string; readonly where: string }[],
  options: TargetOptions,
  given: Given[],
): Promise<string[] | Bad> {
  const unresolved: string[] = [];
  for (let start = 0; start < lookups.length; start += lookupsAtOnce) {
    if (options.signal?.aborted === true)
      return { kind: "bad", reason: "the scan was stopped while names were looked up" };
    const batch = lookups.slice(start, start + lookupsAtOnce);
    const answers = await Promise.all(batch.map((each) => lookUp(each.name, options.lookup)));
    for (const [index, answer] of answers.entries()) {
      const { name, where } = batch[index] ?? { name: "", where: "" };
      if (typeof answer === "string") {
        unresolved.push(`${where}cannot resolve ${name}: ${answer}`);
        continue;
      }
      for (const { range, zone } of answer) given.push({ range, zone, name, label: `${where}${name}` });
    }
  }
  return unresolved;
}

/** The addresses, or why there are none. */
async function lookUp(
  name: string,
  lookup: LookupAll,
): Promise<{ readonly range: AddressRange; readonly zone?: string | undefined }[] | string> {
  try {
    const answers = await lookup(name);
    const ranges = answers.flatMap(({ address: text }) => {
      const address = parseAddress(text);
      if (address === undefined) return [];
      const [bare, zone] = familyOf(address) === 6 ? address.split("%") : [address];
      const range = parseRange(bare ?? address);
      return range === undefined ? [] : [{ range, zone }];
    });
    return ranges.length === 0 ? "it has no address" : ranges;
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOTFOUND") return "no such name (ENOTFOUND)";
    if (code === "EAI_AGAIN") return "the name server does not answer (EAI_AGAIN)";
    return messageOf(error);
  }
}
