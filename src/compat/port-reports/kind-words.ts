import {
  type CountedNoun,
  type FindingKind,
  findingEntry,
  findingKinds,
  kindEntry,
} from "../../core/discovery-kinds.ts";
import { nounFor } from "../../present/findings/kind-words.ts";
import { capitalised } from "../../present/text/capitalised.ts";

/** The words for a kind of discovery in reports on `port_*` sections. */
interface KindWords {
  readonly opening: string;
  readonly total: string;
  readonly noun: CountedNoun;
  readonly leftOut: CountedNoun;
  readonly usualDetail: string | undefined;
}

export function wordsOf(kind: FindingKind): KindWords {
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
  return `${count} ${nounFor(count, wordsOf(kind).noun)}`;
}

export function leftOutNoun(count: number, kind: FindingKind): string {
  return nounFor(count, wordsOf(kind).leftOut);
}

/** All kinds except `new`, whose lines have another form. */
export type OtherKind = Exclude<FindingKind, "new">;

/** In the order of totals and subjects: as in a section, but with `gone` before `back`. */
export const kindsInTotals: readonly OtherKind[] = (() => {
  const others = findingKinds.filter((kind) => kind !== "new");
  const isIn = (section: "back" | "gone") => (kind: FindingKind) =>
    findingEntry(kindEntry(kind).becomes[0]).section === section;
  const gone = others.filter(isIn("gone"));
  const rest = others.filter((kind) => !isIn("gone")(kind));
  const at = rest.findIndex(isIn("back"));
  return rest.toSpliced(at < 0 ? rest.length : at, 0, ...gone);
})();
