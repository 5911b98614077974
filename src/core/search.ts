import { parseMac } from "./device.ts";
import { isMistakenNetwork, parseRange } from "./network.ts";

/**
 * The search of lists: `port:443 vendor:apple NOT approved "living room"`. Words are combined: a row has to fit all of them, with `AND` between them
 * or without. `NOT` negates the next one, and quotes keep blanks and colons. Within quotes, two quotation marks are one: `"19"" rack"`.
 */
export interface SearchTerm {
  /** In lower case; absent for a word alone. */
  readonly name?: string | undefined;
  readonly value: string;
  readonly isNegated: boolean;
  /** In quotes as a whole: a word alone, whatever it means without them. */
  readonly isQuoted?: true;
}

export type SearchOutcome =
  | { readonly kind: "terms"; readonly terms: readonly SearchTerm[] }
  /** `message`: what is wrong, as a sentence without a full stop. */
  | { readonly kind: "wrong"; readonly message: string };

export const maxSearchLength = 1000;
export const maxSearchTerms = 20;

export function parseSearch(text: string): SearchOutcome {
  if (text.length > maxSearchLength) return wrong(`the search is longer than ${maxSearchLength} characters`);
  const words = wordsIn(text);
  if (words === undefined) return wrong('a quotation mark " is not closed');
  const terms: SearchTerm[] = [];
  let isNegated = false;
  for (const word of words) {
    const operator = word.isQuoted ? undefined : word.text;
    if (operator === "OR") return wrong("OR is not supported: search twice");
    if (operator === "AND" && isNegated) return wrong("NOT needs a word after it");
    if (operator === "AND") continue;
    if (operator === "NOT" && !isNegated) {
      isNegated = true;
      continue;
    }
    const { name, value } = partsOf(word);
    if (value === "") return wrong(name === undefined ? "a word is empty" : `${name}: has no value`);
    const isQuoted = name === undefined && word.isQuoted;
    terms.push({ name, value, isNegated, ...(isQuoted ? { isQuoted } : {}) });
    isNegated = false;
  }
  if (isNegated) return wrong("NOT needs a word after it");
  if (terms.length > maxSearchTerms) return wrong(`the search has more than ${maxSearchTerms} words`);
  return { kind: "terms", terms };
}

interface Word {
  /** Without quotation marks. */
  readonly text: string;
  /** Place of the first colon outside of quotes; -1 for none. */
  readonly colon: number;
  readonly isQuoted: boolean;
}

function wordsIn(text: string): readonly Word[] | undefined {
  const words: Word[] = [];
  let letters = "";
  let colon = -1;
  let isQuoted = false;
  let isInQuotes = false;
  const end = () => {
    if (letters !== "" || isQuoted) words.push({ text: letters, colon, isQuoted });
    letters = "";
    colon = -1;
    isQuoted = false;
  };
  for (let place = 0; place < text.length; place++) {
    const letter = text.charAt(place);
    if (letter === '"' && isInQuotes && text.charAt(place + 1) === '"') {
      letters += letter;
      place++;
    } else if (letter === '"') {
      isInQuotes = !isInQuotes;
      isQuoted = true;
    } else if (!isInQuotes && letter.trim() === "") end();
    else {
      if (letter === ":" && colon < 0 && !isInQuotes) colon = letters.length;
      letters += letter;
    }
  }
  end();
  return isInQuotes ? undefined : words;
}

/** An address such as `fd00::1` or `ac:de:48:00:11:22` is a word, although it has colons; `fd:":1"` with quotes is not. */
function partsOf({ text, colon, isQuoted }: Word): Pick<SearchTerm, "name" | "value"> {
  const name = text.slice(0, Math.max(0, colon));
  const isName = /^[a-z][a-z0-9_-]{0,29}$/i.test(name);
  const isAddress =
    !isQuoted && (parseMac(text) !== undefined || parseRange(text) !== undefined || isMistakenNetwork(text));
  if (!isName || isAddress) return { value: text };
  return { name: name.toLowerCase(), value: text.slice(colon + 1) };
}

function wrong(message: string): SearchOutcome {
  return { kind: "wrong", message };
}
