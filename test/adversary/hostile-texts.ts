import { type AST, RegExpParser } from "@eslint-community/regexpp";

/**
 * Texts that are meant to make a regular expression slow, made from its own syntax tree: what leads to each quantifier, then
 * what it matches, repeatedly, then something that matches nowhere; and beginnings of a match, one after the other.
 */
export interface Filling {
  readonly before: string;
  readonly repeated: string;
  readonly after: string;
}

/** The text of `filling` with about `length` characters. */
export function fill({ before, repeated, after }: Filling, length: number): string {
  return before + repeated.repeat(Math.max(1, Math.floor(length / repeated.length))) + after;
}

const parser = new RegExpParser({ ecmaVersion: 2025 });

/** Repetitions up to this many cost a constant. */
const fewTimes = 8;
const maxFillings = 400;

export function hostileFillings(source: string, flags: string): readonly Filling[] {
  const pattern = parser.parsePattern(source, 0, source.length, {
    unicode: flags.includes("u"),
    unicodeSets: flags.includes("v"),
  });
  const maker = new FillingMaker(pattern, flags);
  return maker.make().slice(0, maxFillings);
}

/** Whether anything in the pattern repeats without a small limit. */
export function repeats(source: string): boolean {
  return /[*+]|,\d*\}|\{\d{2,}/.test(source);
}

type Atom = AST.Character | AST.CharacterSet | AST.CharacterClass;

class FillingMaker {
  readonly #pattern: AST.Pattern;
  readonly #flags: string;
  readonly #members = new Map<Atom, ReadonlySet<string>>();
  readonly #quantifiers: { readonly node: AST.Quantifier; readonly before: string }[] = [];
  readonly #beginnings = new Set<string>();
  #representatives: readonly string[] = [];

  constructor(pattern: AST.Pattern, flags: string) {
    this.#pattern = pattern;
    this.#flags = flags.replace(/[gy]/g, "");
  }

  make(): Filling[] {
    this.#collectAtoms(this.#pattern.alternatives);
    this.#representatives = this.#oneOfEachKind();
    for (const variant of [0, 1, 2]) this.#walk(this.#pattern.alternatives, "", variant);
    const fillings = new Map<string, Filling>();
    const add = (before: string, repeated: string, after = "") => {
      if (repeated === "" || before.length > 2000 || repeated.length > 2000) return;
      fillings.set(JSON.stringify([before, repeated, after]), { before, repeated, after });
    };
    for (const { node, before } of this.#quantifiers) {
      const examples = [0, 1, 2].map((variant) => this.#example(node.element, variant, true));
      for (const taken of new Set([...this.#taken(node.element), ...examples])) {
        for (const after of this.#tails(node.element)) add(before, taken, after);
        add("", before + taken);
        add(before, taken + before, "\u0001");
      }
    }
    for (const beginning of this.#beginnings) {
      add("", beginning);
      add("", `${beginning} `);
      add("", `\n${beginning}`);
      for (const other of this.#beginnings)
        if (other.startsWith(beginning)) add(beginning, other.slice(beginning.length));
    }
    for (const one of this.#representatives) {
      add("", one, "\u0001");
      for (const { before } of this.#quantifiers) add(before, one, "\u0001");
      for (const other of this.#representatives) add("", one + other, "\u0001");
    }
    return [...fillings.values()];
  }

  #collectAtoms(alternatives: readonly AST.Alternative[]): void {
    for (const { elements } of alternatives) for (const element of elements) this.#collectFrom(element);
  }

  #collectFrom(node: AST.Element): void {
    if (isAtom(node)) this.#members.set(node, this.#membersOf(node));
    else if (node.type === "Quantifier") this.#collectFrom(node.element);
    else if ("alternatives" in node)
      for (const { elements } of node.alternatives) elements.forEach((one) => void this.#collectFrom(one));
  }

  #membersOf(node: Atom): ReadonlySet<string> {
    const own = new RegExp(`^${node.raw}$`, this.#flags.replace("m", ""));
    const candidates = node.type === "Character" ? [...alphabet, String.fromCodePoint(node.value)] : alphabet;
    return new Set(candidates.filter((character) => own.test(character)));
  }

  /** One of the characters that no part of the pattern distinguishes. */
  #oneOfEachKind(): string[] {
    const kinds = new Map<string, string>();
    const all = new Set([...this.#members.values()].flatMap((members) => [...members]));
    for (const character of all) {
      const kind = [...this.#members.values()].map((members) => (members.has(character) ? "1" : "0")).join("");
      if (!kinds.has(kind)) kinds.set(kind, character);
    }
    return [...kinds.values()].slice(0, 12);
  }

  #walk(alternatives: readonly AST.Alternative[], before: string, variant: number): void {
    for (const { elements } of alternatives) {
      let led = before;
      for (const element of elements) {
        this.#visit(element, led, variant);
        led += this.#example(element, variant, variant > 0);
        this.#beginnings.add(led);
      }
    }
  }

  #visit(node: AST.Element, before: string, variant: number): void {
    if (node.type === "Quantifier") {
      if (node.max > fewTimes) this.#quantifiers.push({ node, before });
      this.#visit(node.element, before, variant);
    } else if ("alternatives" in node) this.#walk(node.alternatives, before, variant);
  }

  /** Single characters that `node` matches, one of each kind. */
  #taken(node: AST.Element): string[] {
    const members = isAtom(node) ? this.#members.get(node) : undefined;
    return members === undefined ? [] : this.#representatives.filter((character) => members.has(character));
  }

  /** Characters that end a run so that the match may fail: those outside of it, and line ends. */
  #tails(node: AST.Element): string[] {
    const members = isAtom(node) ? this.#members.get(node) : undefined;
    const outside = members === undefined ? undefined : alphabet.find((character) => !members.has(character));
    const tails = ["\u0001", "!\n!"];
    return outside === undefined ? tails : [...tails, outside, `${outside}\n!`];
  }

  /** A text that `node` matches. `variant` chooses among alternatives; with `full`, optional parts are included. */
  #example(node: AST.Element, variant: number, full: boolean): string {
    if (isAtom(node)) {
      const members = [...(this.#members.get(node) ?? [])];
      return members.at(variant % Math.max(members.length, 1)) ?? "";
    }
    if (node.type === "Quantifier") {
      const times = Math.min(Math.max(node.min, full && node.max > 0 ? 1 : 0), 300);
      return this.#example(node.element, variant, full).repeat(times);
    }
    if (node.type === "Group" || node.type === "CapturingGroup") {
      const chosen = node.alternatives[variant % node.alternatives.length];
      return (chosen?.elements ?? []).map((element) => this.#example(element, variant, full)).join("");
    }
    return "";
  }
}

/** Samples of all characters: ASCII, and some that Unicode classes distinguish. */
const alphabet: readonly string[] = [
  ..."aZ05_ \t\n\r\0-.:/",
  ...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)),
  ..."\u00a0é\u0301\u2028\u3000\uffff",
];

function isAtom(node: AST.Element): node is Atom {
  return node.type === "Character" || node.type === "CharacterSet" || node.type === "CharacterClass";
}
