import { addressToBigInt, familyOf, parseAddress } from "../../../core/address.ts";
import { type AddressRange, parseRange } from "../../../core/network.ts";

/** Maximum number of ranges of one target; with more it is `other`. */
const maxRanges = 1024;

/**
 * One target as nmap reads it (its reference guide, "Target Specification").
 * - `ranges`: an address, a network (`10.0.0.0/8`), or octet lists (`10.0.0-3.1-254`, `10.0.*.1`, `10.0.0.1,3,9-`).
 * - `name`: a host name, to be resolved.
 * - `other`: something else, or too many ranges.
 */
export type NmapTarget =
  | { readonly kind: "ranges"; readonly ranges: readonly AddressRange[] }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "other" };

export function readNmapTarget(text: string): NmapTarget {
  const plain = parseAddress(text);
  if (plain !== undefined) {
    const value = addressToBigInt(plain);
    return { kind: "ranges", ranges: [{ family: familyOf(plain), first: value, last: value }] };
  }
  if (text.includes("/")) {
    const range = parseRange(text);
    return range === undefined ? { kind: "other" } : { kind: "ranges", ranges: [range] };
  }
  if (/^[\d,*.-]+$/.test(text)) {
    const ranges = octetRanges(text);
    return ranges === undefined ? { kind: "other" } : { kind: "ranges", ranges };
  }
  if (/^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?$/i.test(text)) return { kind: "name", name: text };
  return { kind: "other" };
}

interface OctetRange {
  readonly first: number;
  readonly last: number;
}

function octetRanges(text: string): readonly AddressRange[] | undefined {
  const octets = text.split(".");
  if (octets.length !== 4) return undefined;
  let prefixes: OctetRange[] = [{ first: 0, last: 0 }];
  for (const octet of octets) {
    const choices = readOctet(octet);
    if (choices === undefined) return undefined;
    prefixes = extend(prefixes, choices);
    if (prefixes.length > maxRanges) return undefined;
  }
  return prefixes.map(({ first, last }) => ({ family: 4, first: BigInt(first), last: BigInt(last) }));
}

/** Each prefix with each choice of the next octet. Where that is 0 to 255, a range stays one range. */
function extend(prefixes: readonly OctetRange[], choices: readonly OctetRange[]): OctetRange[] {
  const [only] = choices;
  const isWhole = choices.length === 1 && only?.first === 0 && only.last === 255;
  const extended: OctetRange[] = [];
  for (const prefix of prefixes) {
    if (isWhole) {
      extended.push({ first: prefix.first * 256, last: prefix.last * 256 + 255 });
      continue;
    }
    for (let value = prefix.first; value <= prefix.last && extended.length <= maxRanges; value++) {
      for (const { first, last } of choices) extended.push({ first: value * 256 + first, last: value * 256 + last });
    }
  }
  return extended;
}

/** `7`, `1-254`, `-` or `*` (all), `-9` (from 0), `200-` (to 255), and lists of these. */
function readOctet(text: string): readonly OctetRange[] | undefined {
  const choices: OctetRange[] = [];
  for (const part of text.split(",")) {
    const match = part === "*" ? ["*", "", "-", ""] : /^(\d{0,3})(-?)(\d{0,3})$/.exec(part);
    if (match === null || part === "") return undefined;
    const isRange = match[2] === "-";
    const first = match[1] === "" ? 0 : Number(match[1]);
    const last = isRange ? (match[3] === "" ? 255 : Number(match[3])) : first;
    if (last > 255 || first > last) return undefined;
    choices.push({ first, last });
  }
  return choices;
}
