import type { FingerprintKind } from "../../../core/connection-counts.ts";

/** Numbers texts from 0; number 0 is the empty text. */
export class WordTable {
  readonly #numbers = new Map<string, number>([["", 0]]);
  readonly #words = [""];
  readonly #limit: number;

  /** @param limit past it new texts get the number 0 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#words.length;
  }

  get isFull(): boolean {
    return this.size >= this.#limit;
  }

  get words(): readonly string[] {
    return this.#words;
  }

  numberOf(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    if (this.isFull) return 0;
    const number = this.#words.push(word) - 1;
    this.#numbers.set(word, number);
    return number;
  }
}

/** Country and network of a peer. */
export interface TalliedOrigin {
  readonly countryCode: string | undefined;
  readonly country: string | undefined;
  readonly asn: number | undefined;
  readonly organization: string | undefined;
}

export const noOrigin: TalliedOrigin = {
  countryCode: undefined,
  country: undefined,
  asn: undefined,
  organization: undefined,
};

const separator = "\n";

/** As one word. */
export function fingerprintWord(kind: FingerprintKind, value: string): string {
  return `${kind}${separator}${value}`;
}

export function fingerprintOf(word: string): { readonly kind: string; readonly value: string } {
  const end = word.indexOf(separator);
  return { kind: word.slice(0, end), value: word.slice(end + 1) };
}

/** The fingerprint in the JSON of an identification, as a word; empty where there is none. */
export function fingerprintIn(identification: string): string {
  if (!/"(?:ja4|hassh|userAgent)":"/.test(identification)) return "";
  const fields = objectIn(identification);
  for (const [kind, protocol] of sources) {
    const part = fields.get(protocol);
    const value: unknown = typeof part === "object" && part !== null ? Reflect.get(part, kind) : undefined;
    if (typeof value === "string" && value !== "") return fingerprintWord(kind, value);
  }
  return "";
}

const sources: readonly (readonly [FingerprintKind, string])[] = [
  ["ja4", "tls"],
  ["hassh", "ssh"],
  ["userAgent", "http"],
];

function objectIn(text: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  } catch {
    // Damaged: the connection is counted nevertheless.
    return new Map();
  }
}
