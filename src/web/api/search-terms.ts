/** What the words of a search mean in a list: see `core/search.ts`. */
import { type Address, parseAddress } from "../../core/address.ts";
import { parseMac } from "../../core/device.ts";
import { HarbingerError } from "../../core/errors.ts";
import { nearestName } from "../../core/nearest-name.ts";
import { AddressSet, isMistakenNetwork, parseRange } from "../../core/network.ts";
import { parseSearch, type SearchTerm } from "../../core/search.ts";
import { flagValue, instantOf, type Moment, placeForms, timeForms } from "./filter-fields.ts";

export interface ListTerm<Row> {
  /** Such as `port:443`; a word without a value where it is a flag. */
  readonly example: string;
  /** The query parameter with the same meaning, which the store applies. It cannot negate. */
  readonly filter?: string;
  /** The same for one row, for the value that was given. `undefined`: the value is wrong. */
  readonly test?: (value: string, moment: Moment) => ((row: Row) => boolean) | undefined;
  /** The values that the parameter takes; for others each row is compared. */
  readonly takes?: RegExp;
  /** One of the texts of a row that fits contains the value. */
  readonly hasWord?: true;
  /** The value is an address, a network or a range: a word alone that is one means this term. */
  readonly isPlace?: true;
  /** The value is a time. */
  readonly isTime?: true;
  /** The word needs no value. */
  readonly isFlag?: true;
  /** The value of the filter for which the word alone stands. */
  readonly alone?: string;
  /** The values for which words alone stand, one word or two, as the pages show them: `given up`. In lower case. */
  readonly shownAs?: Readonly<Record<string, string>>;
}

export type ListTerms<Row> = Readonly<Record<string, ListTerm<Row>>>;

export interface Search<Row> {
  /** Query parameters. */
  readonly filters: Readonly<Record<string, string>>;
  /** What the store cannot filter. */
  readonly tests: readonly ((row: Row) => boolean)[];
  /** What one of the texts of a row must contain; it is among the tests, too. */
  readonly words: readonly string[];
}

export interface SearchContext<Row> {
  readonly terms: ListTerms<Row>;
  /** The texts of a row, in which a word alone is looked for. */
  readonly textsOf: (row: Row) => Iterable<string>;
  readonly moment: Moment;
  /** The flags of all lists: a word that is one of them, but not of this list, is an error. Default: none. */
  readonly flags?: Flags;
}

/** For each word that is a term by itself, the lists that have it. */
export type Flags = Map<string, Set<string>>;

/** Adds those of a list. */
export function noteFlags(flags: Flags, list: string, terms: ListTerms<never>): void {
  for (const [name, { isFlag }] of Object.entries(terms)) {
    if (isFlag !== true) continue;
    const lists = flags.get(name) ?? new Set();
    flags.set(name, lists.add(list));
  }
}

/** @throws HarbingerError `usage` */
export function readSearch<Row>(text: string, context: SearchContext<Row>): Search<Row> {
  const outcome = parseSearch(text);
  if (outcome.kind === "wrong") throw new HarbingerError("usage", `q: ${outcome.message}`);
  const filters = new Map<string, string>();
  const tests: ((row: Row) => boolean)[] = [];
  const words: string[] = [];
  const contained: Contained[] = [];
  for (const term of withShownWords(
    outcome.terms.flatMap((word) => endpointTerms(word, context.terms)),
    context.terms,
  )) {
    const found = meaningOf(term, context);
    const filtered = found === undefined ? undefined : filteredValue(term, found);
    if (found?.filter !== undefined && filtered !== undefined && !filters.has(found.filter)) {
      filters.set(found.filter, filtered);
      continue;
    }
    if ((found === undefined || found.hasWord === true) && !term.isNegated) words.push(term.value);
    if (found === undefined) {
      contained.push({ word: term.value.toLowerCase(), isNegated: term.isNegated });
      continue;
    }
    const test = testOf(term, found, context.moment);
    tests.push(term.isNegated ? (row) => !test(row) : test);
  }
  // Last, because the texts of a row cost the most.
  if (contained.length > 0) tests.push(containingAll(contained, context.textsOf));
  return { filters: Object.fromEntries(filters), tests, words };
}

/** `10.0.0.5:443`, `[fd00::5]:443` alone: the terms `address` and `port`, where a list has both. */
function endpointTerms<Row>(word: SearchTerm, terms: ListTerms<Row>): readonly SearchTerm[] {
  const { name, value, isNegated, isQuoted } = word;
  if (name !== undefined || isQuoted === true) return [word];
  if (terms["address"] === undefined || terms["port"] === undefined) return [word];
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(value) ?? [];
  const address = bracketed ?? plain;
  if (port === undefined || address === undefined || parseAddress(address) === undefined) return [word];
  if (isNegated)
    throw new HarbingerError(
      "usage",
      `q: NOT before an address with a port is not supported: write NOT port:${port}, or NOT ${address}`,
    );
  return [
    { name: "address", value: address, isNegated },
    { name: "port", value: port, isNegated },
  ];
}

/** Replaces the words alone that stand for the value of a term. */
function withShownWords<Row>(words: readonly SearchTerm[], terms: ListTerms<Row>): readonly SearchTerm[] {
  const shown = new Map(
    Object.entries(terms).flatMap(([name, { shownAs = {} }]) =>
      Object.entries(shownAs).map(([text, value]) => [text, { name, value }]),
    ),
  );
  const isWord = (term: SearchTerm | undefined) =>
    term !== undefined && term.name === undefined && term.isQuoted !== true;
  const replaced: SearchTerm[] = [];
  for (let at = 0; at < words.length; at++) {
    const [first, second] = [words[at], words[at + 1]];
    if (first === undefined) break;
    const isPair = isWord(first) && isWord(second) && second?.isNegated === false;
    const pair = isPair ? shown.get(`${first.value} ${second?.value}`.toLowerCase()) : undefined;
    const meant = pair ?? (isWord(first) ? shown.get(first.value.toLowerCase()) : undefined);
    if (pair !== undefined) at++;
    replaced.push(meant === undefined ? first : { ...meant, isNegated: first.isNegated });
  }
  return replaced;
}

/** The value of the query parameter with the same meaning; `undefined`: there is none. */
function filteredValue<Row>(
  { name, value, isNegated }: SearchTerm,
  { isFlag, takes, alone }: ListTerm<Row>,
): string | undefined {
  if (name === undefined && alone !== undefined) return isNegated ? undefined : alone;
  if (takes?.test(value) === false) return undefined;
  if (isFlag !== true) return isNegated ? undefined : value;
  const wanted = name === undefined ? true : flagValue(value, name);
  if (wanted === undefined) return isNegated ? undefined : value;
  return wanted === isNegated ? "no" : "yes";
}

/** `undefined`: a word alone. */
function meaningOf<Row>(
  { name, value, isQuoted }: SearchTerm,
  { terms, flags }: SearchContext<Row>,
): ListTerm<Row> | undefined {
  const known = new Map(Object.entries(terms));
  if (name === undefined) {
    if (isQuoted === true) return undefined;
    const place = [...known.values()].find((each) => each.isPlace === true);
    if (isPlace(value)) return place;
    if (place !== undefined && isMistakenNetwork(value))
      throw new HarbingerError("usage", `q: ${value} is not a network: expected ${placeForms}`);
    // With its separators: twelve digits alone can be anything.
    if (/[:.-]/.test(value) && parseMac(value) !== undefined && known.has("mac")) return known.get("mac");
    const word = value.toLowerCase();
    const flag = known.get(word);
    if (flag?.isFlag === true) return flag;
    const lists = flags?.get(word);
    if (lists === undefined) return undefined;
    throw new HarbingerError(
      "usage",
      `q: ${word} is a term of ${[...lists].join(", ")}, and not of this list. To look for the word, put it in quotation marks: "${word}"`,
    );
  }
  const term = known.get(name);
  if (term !== undefined) return term;
  const names = [...known.keys()];
  const all =
    names.length === 0 ? "This list has no terms; search for words alone." : `This list has: ${names.join(", ")}.`;
  const near = nearestName(name, names);
  const hint = near === undefined ? "" : `Did you mean "${near}"? `;
  throw new HarbingerError("usage", `q: unknown term "${name}". ${hint}${all}`);
}

function testOf<Row>({ name, value }: SearchTerm, term: ListTerm<Row>, moment: Moment): (row: Row) => boolean {
  const shown = name ?? value;
  if (term.test === undefined) throw new HarbingerError("usage", `q: ${shown} can be used once, and not with NOT`);
  const test = term.test(value, moment);
  if (test === undefined) {
    throw new HarbingerError("usage", `q: ${shown}: ${expectedOf(term)}`);
  }
  return test;
}

function expectedOf({ isTime, isPlace: isPlaceTerm, example }: ListTerm<never>): string {
  if (isTime === true) return `expected ${timeForms}`;
  return isPlaceTerm === true ? `expected ${placeForms}` : `wrong value; write it as in ${example}`;
}

/** Whether a word alone is an address, a network or a range. */
export function isPlace(word: string): boolean {
  return parseRange(word) !== undefined || parseAddress(word) !== undefined;
}

/** A word in lower case, and whether no text may contain it. */
interface Contained {
  readonly word: string;
  readonly isNegated: boolean;
}

/** Makes the texts of a row once, however many words there are. */
function containingAll<Row>(
  contained: readonly Contained[],
  textsOf: SearchContext<Row>["textsOf"],
): (row: Row) => boolean {
  return (row) => {
    const texts = Array.from(textsOf(row), (text) => text.toLowerCase());
    return contained.every(({ word, isNegated }) => texts.some((text) => text.includes(word)) !== isNegated);
  };
}

function containing<Row>(word: string, textsOf: SearchContext<Row>["textsOf"]): (row: Row) => boolean {
  const wanted = word.toLowerCase();
  return (row) => {
    for (const text of textsOf(row)) if (text.toLowerCase().includes(wanted)) return true;
    return false;
  };
}

type Maybe<Value> = Value | null | undefined;

/** Whether one of the texts is this one, whatever its case. */
export function isText<Row>(get: (row: Row) => readonly Maybe<string>[]): NonNullable<ListTerm<Row>["test"]> {
  return (value) => {
    const wanted = value.toLowerCase();
    return (row) => get(row).some((text) => text?.toLowerCase() === wanted);
  };
}

export function hasText<Row>(get: (row: Row) => readonly Maybe<string>[]): NonNullable<ListTerm<Row>["test"]> {
  return (value) => containing(value, (row: Row) => get(row).filter((text) => typeof text === "string"));
}

export function isNumber<Row>(get: (row: Row) => Maybe<number>): NonNullable<ListTerm<Row>["test"]> {
  return (value) => (/^\d{1,15}$/.test(value) ? (row) => get(row) === Number(value) : undefined);
}

/** Whether one of the addresses is this one, or in this network or range. */
export function isInNetwork<Row>(get: (row: Row) => readonly Maybe<Address>[]): NonNullable<ListTerm<Row>["test"]> {
  return (value) => {
    const range = parseRange(value);
    if (range === undefined) return undefined;
    const wanted = new AddressSet([range]);
    const zoned = parseAddress(value);
    return (row) => get(row).some((address) => address != null && (address === zoned || wanted.has(address)));
  };
}

export function isMac<Row>(get: (row: Row) => readonly Maybe<string>[]): NonNullable<ListTerm<Row>["test"]> {
  return (value) => {
    const mac = parseMac(value);
    return mac === undefined ? undefined : (row) => get(row).includes(mac);
  };
}

export function isSince<Row>(get: (row: Row) => Maybe<number>): NonNullable<ListTerm<Row>["test"]> {
  return (value, moment) =>
    timeTest(value, moment, (since) => (row) => (get(row) ?? Number.NEGATIVE_INFINITY) >= since);
}

export function isUntil<Row>(get: (row: Row) => Maybe<number>): NonNullable<ListTerm<Row>["test"]> {
  return (value, moment) => timeTest(value, moment, (until) => (row) => (get(row) ?? Number.POSITIVE_INFINITY) < until);
}

function timeTest<Row>(value: string, moment: Moment, make: (at: number) => (row: Row) => boolean) {
  const at = instantOf(value, moment);
  return at === undefined ? undefined : make(at);
}

/**
 * A flag: `approved`, or with a value `approved:yes`, `approved:no`.
 * @param filter as in `ListTerm`
 */
export function flag<Row>(example: string, get: (row: Row) => boolean, filter?: string): ListTerm<Row> {
  return {
    example,
    ...(filter === undefined ? {} : { filter }),
    isFlag: true,
    test: (value) => {
      const wanted = flagValue(value, example);
      return wanted === undefined ? undefined : (row) => get(row) === wanted;
    },
  };
}

/** Whether the port is this one. */
export function isPort<Row>(get: (row: Row) => Maybe<number>): NonNullable<ListTerm<Row>["test"]> {
  return (value) => {
    const port = portOf(value);
    return port === undefined ? undefined : (row) => get(row) === port;
  };
}

/** Whether one of the ports is this one. */
export function portIn<Row>(get: (row: Row) => readonly number[]): NonNullable<ListTerm<Row>["test"]> {
  return (value) => {
    const port = portOf(value);
    return port === undefined ? undefined : (row) => get(row).includes(port);
  };
}

function portOf(value: string): number | undefined {
  const port = Number(value);
  return /^\d{1,5}$/.test(value) && port >= 1 && port <= 65_535 ? port : undefined;
}
