/** The names of finding types, from the table in `core/discovery-kinds.ts`. */
import { type CountedNoun, type FindingType, findingEntry } from "../../core/discovery-kinds.ts";
import type { Finding } from "./finding.ts";

/** Whether the type counts ports and not hosts. */
export function countsPorts(type: FindingType): boolean {
  return findingEntry(type).subject === "port";
}

/** Whether its line names a device and not a host. */
export function isOfDevice({ type }: { readonly type: FindingType }): boolean {
  return findingEntry(type).subject === "device";
}

/** Whether its first detail, which names both devices, is its line. */
export function isOfTwoDevices({ type }: { readonly type: FindingType }): boolean {
  return findingEntry(type).subject === "address";
}

/** A new host or a new device, which can be approved. */
export function isNewHostOrDevice({ type }: { readonly type: FindingType }): boolean {
  const { section, subject } = findingEntry(type);
  return section === "new" && subject !== "port";
}

/** Whether all of it has ended. */
export function isOver({ ended }: Pick<Finding, "ended">): boolean {
  return ended?.of === "all";
}

/** The noun of a finding for `count` of its kind: `exposed`; `was exposed` if it has ended. */
export function nounOfFinding(finding: Pick<Finding, "type" | "ended">, count: number): string {
  const { over } = findingEntry(finding.type);
  return over !== undefined && isOver(finding) ? nounFor(count, over) : nounOf(finding.type, count);
}

/** `new host`, or `new hosts` if `count` is not 1. */
export function nounOf(type: FindingType, count: number): string {
  return nounFor(count, findingEntry(type));
}

/** The noun for `count` things. */
export function nounFor(count: number, { one, many }: CountedNoun): string {
  return count === 1 ? one : many;
}
