import { type AddressRange, formatRange, subtractRanges } from "../core/network.ts";
import { splitList } from "../core/recipients.ts";
import { outOfScope } from "../outbound/scan/targets/scope.ts";
import { parseTarget } from "../outbound/scan/targets/target-syntax.ts";
import { eachWatch } from "./check-names.ts";
import type { Finding } from "./issues.ts";
import type { Sections } from "./sections.ts";

/**
 * Reports targets that the scanner would refuse, as far as their text shows it: addresses outside the scope, and watches without
 * a remaining target. Host names and lists in files are checked when a scan begins.
 */
export function scopeFindings(sections: Sections): Finding[] {
  return eachWatch(sections).flatMap(({ path, section }): Finding[] => {
    if (section.targets === undefined) return [];
    const parts = partsOf(section.targets);
    const targets = parts.map(({ text, index }) => ({ text, index, range: rangeOf(text) }));
    const exclude = splitList(section.exclude).flatMap((text) => rangeOf(text) ?? []);
    const place = (index: number | undefined) => [...path, "targets", ...(index === undefined ? [] : [index])];
    const outside = targets.flatMap(({ text, index, range }): Finding[] => {
      const [stranger] = range === undefined ? [] : outOfScope(subtractRanges([range], exclude), sections.named.scope);
      return stranger === undefined
        ? []
        : [{ path: place(index), what: "value", message: outsideMessage(text, stranger) }];
    });
    if (outside.length > 0 || targets.some(({ range }) => range === undefined)) return outside;
    const ranges = targets.flatMap(({ range }) => range ?? []);
    const left = subtractRanges(subtractRanges(ranges, exclude), sections.named.scope.exclude);
    if (left.length > 0) return [];
    const message = "nothing is left to scan: exclude and scope.exclude remove every target";
    return [{ path: place(undefined), what: "key", message }];
  });
}

function outsideMessage(text: string, stranger: AddressRange): string {
  const range = formatRange(stranger);
  const which = range === text ? `${text} is` : `${range}, a part of ${text}, is`;
  return `${which} not private and not probed unless scope.allow lists it; list only what is yours`;
}

/** The entries of a list with their indices; for a text, its parts without indices. */
function partsOf(given: string | readonly string[]): { readonly text: string; readonly index: number | undefined }[] {
  return typeof given === "string"
    ? splitList(given).map((text) => ({ text, index: undefined }))
    : given.flatMap((entry, index) => splitList(entry).map((text) => ({ text, index })));
}

function rangeOf(text: string): AddressRange | undefined {
  const target = parseTarget(text);
  return target.kind === "range" ? target.range : undefined;
}
