import { safeText } from "../../core/safe-text.ts";

type Facts = Readonly<Record<string, unknown>>;

/** UTF-16 units kept of the facts of one check result. */
const limit = 32_000;

/** Tried in turn until the facts fit: entries of each list and object, characters of each text. */
const measures = [
  { entries: 200, characters: 2000 },
  { entries: 25, characters: 300 },
  { entries: 8, characters: 100 },
] as const;

const deepest = 8;

/**
 * Facts as the JSON text that the database keeps: made safe, and bounded whatever the remote host sent. `truncated`
 * marks what was cut.
 */
export function factsText(facts: Facts): string {
  for (const measure of measures) {
    const cutter = new Cutter(measure.entries, measure.characters);
    const kept = cutter.cut(facts, 0);
    const text = JSON.stringify(cutter.hasCut ? { ...Object(kept), truncated: true } : kept);
    if (text.length <= limit) return text;
  }
  return JSON.stringify({ truncated: true });
}

/** Facts from that text; none where it is not a JSON object. */
export function readFacts(text: string): Facts {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

class Cutter {
  hasCut = false;
  readonly #entries: number;
  readonly #characters: number;

  constructor(entries: number, characters: number) {
    this.#entries = entries;
    this.#characters = characters;
  }

  cut(value: unknown, depth: number): unknown {
    if (typeof value === "string") return this.#text(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth >= deepest) {
      this.hasCut = true;
      return null;
    }
    if (Array.isArray(value)) return this.#first(value).map((entry) => this.cut(entry, depth + 1));
    const entries = this.#first(Object.entries(value));
    return Object.fromEntries(entries.map(([name, entry]) => [this.#text(name), this.cut(entry, depth + 1)]));
  }

  #text(text: string): string {
    if (text.length > this.#characters) this.hasCut = true;
    return safeText(text, { limit: this.#characters, multiline: true });
  }

  #first<Entry>(entries: readonly Entry[]): readonly Entry[] {
    if (entries.length <= this.#entries) return entries;
    this.hasCut = true;
    return entries.slice(0, this.#entries);
  }
}
