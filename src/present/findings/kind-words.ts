/** What kinds of discovery and types of finding are called, from the tables in `core/discovery-kinds.ts`. */
import {
  type CountedNoun,
  type FindingKind,
  type FindingType,
  findingEntry,
  findingKinds,
  kindEntry,
} from "../../core/discovery-kinds.ts";
import { capitalised } from "../text/capitalised.ts";

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
export function isArrival({ type }: { readonly type: FindingType }): boolean {
  const { section, subject } = findingEntry(type);
  return section === "new" && subject !== "port";
}

/** `new host`, or `new hosts` for any other number than one. */
export function nounOf(type: FindingType, count: number): string {
  return nounFor(count, findingEntry(type));
}

function nounFor(count: number, { one, many }: CountedNoun): string {
  return count === 1 ? one : many;
}

/** Words of a kind in reports on `port_*` sections. */
interface PortReportWords {
  readonly opening: string;
  readonly total: string;
  readonly noun: CountedNoun;
  readonly leftOut: CountedNoun;
  readonly usualDetail: string | undefined;
}

export function portReportWords(kind: FindingKind): PortReportWords {
  const { becomes, portReport = {} } = kindEntry(kind);
  const noun = portReport.noun ?? findingEntry(becomes[0]);
  return {
    opening: portReport.opening ?? capitalised(noun.one),
    total: portReport.total ?? capitalised(noun.many),
    noun,
    leftOut: portReport.leftOut ?? noun,
    usualDetail: portReport.usualDetail,
  };
}

/** `2 exposed`, `1 certificate expiring`. */
export function countedKind(count: number, kind: FindingKind): string {
  return `${count} ${nounFor(count, portReportWords(kind).noun)}`;
}

export function leftOutNoun(count: number, kind: FindingKind): string {
  return nounFor(count, portReportWords(kind).leftOut);
}

/** All kinds but `new`, whose lines in reports on `port_*` sections have a form of their own. */
export type OtherKind = Exclude<FindingKind, "new">;

/** In the order of totals and subjects of these reports: as in a section, but what is gone stands before what is back. */
export const kindsInTotals: readonly OtherKind[] = (() => {
  const others = findingKinds.filter((kind) => kind !== "new");
  const isIn = (section: "back" | "gone") => (kind: FindingKind) =>
    findingEntry(kindEntry(kind).becomes[0]).section === section;
  const gone = others.filter(isIn("gone"));
  const rest = others.filter((kind) => !isIn("gone")(kind));
  const at = rest.findIndex(isIn("back"));
  return rest.toSpliced(at < 0 ? rest.length : at, 0, ...gone);
})();
