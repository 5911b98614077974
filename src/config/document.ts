import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";
import { findIndentationMistake } from "./indentation.ts";
import { messageOfSyntaxError } from "./syntax-messages.ts";
import { findTypographicQuote, quoteMessage, typographicQuote } from "./typographic-quotes.ts";
import { scalarTags } from "./yaml-scalars.ts";

/** Line and column, both from 1. */
interface Place {
  readonly line: number;
  readonly column: number;
}

/** A mapping of the document as plain data, without a prototype. Keys are the text of the file: `on` stays `on`. */
export type RawMap = { [key: string]: RawValue };
/** An empty value (`email:`, `~`) is `undefined`: the key is as good as absent. */
export type RawValue = string | number | boolean | undefined | RawValue[] | RawMap;

/** A YAML file as plain data that remembers where each part stands. */
export interface ParsedDocument {
  /** `undefined` where the file has no content, or syntax errors that leave nothing to go on. */
  readonly root: RawValue;
  readonly errors: readonly (Place & { readonly message: string; readonly path: readonly (string | number)[] })[];
  /** Keys and values that begin with a typographic quote. They may be meant so. */
  readonly quotes: readonly (Place & { readonly message: string; readonly path: readonly (string | number)[] })[];
  /** The place of the key or the value at `path`, or of the nearest part above it that exists. */
  locate(path: readonly PropertyKey[], what: "key" | "value"): Place;
}

/** Aliases may repeat parts of a file; past this many values it is an attack or a mistake. */
const maxValues = 100_000;
const maxDepth = 64;

/** Reads YAML text. Total: whatever the text, errors are values. Nothing of the text stands in a message but keys. */
export function parseYaml(text: string): ParsedDocument {
  const lines = new LineCounter();
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.min(offset, source.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  try {
    return convert(source, lines, at);
  } catch (error) {
    // The parser recurses; a file of brackets alone exhausts the stack.
    if (!(error instanceof RangeError)) throw error;
    const errors = [{ line: 1, column: 1, path: [], message: "the file is nested too deeply" }];
    return { root: undefined, errors, quotes: [], locate: () => ({ line: 1, column: 1 }) };
  }
}

function convert(source: string, lines: LineCounter, at: (offset: number) => Place): ParsedDocument {
  const document = parseDocument(source, {
    lineCounter: lines,
    prettyErrors: false,
    schema: "failsafe",
    customTags: [...scalarTags],
    merge: true,
    uniqueKeys: false,
    logLevel: "error",
  });
  const converter = new Converter(document);
  const problems = [...document.errors, ...document.warnings].map((error) => ({
    ...at(error.pos[0]),
    path: [],
    code: error.code,
    message: messageOfSyntaxError(error.code),
    onlyLocal: localErrors.has(error.code),
  }));
  const errors = whatWasMeant(problems, source);
  const usable = errors.every((error) => error.onlyLocal);
  const root = usable ? converter.convert(document.contents, []) : undefined;
  return {
    root,
    errors: [...errors, ...converter.errors.map(({ offset, ...error }) => ({ ...error, ...at(offset) }))],
    quotes: converter.quotes.map(({ offset, ...quote }) => ({ ...quote, ...at(offset) })),
    locate: (path, what) => at(converter.offsetOf(root, path, what)),
  };
}

interface SyntaxProblem extends Place {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly onlyLocal: boolean;
}

/** Replaces what the parser says by what is wrong, where the text itself tells: quotes that are none, lines that do not line up. */
function whatWasMeant(problems: readonly SyntaxProblem[], source: string): SyntaxProblem[] {
  const mistake = problems.some(({ code }) => followsFromIndentation.has(code))
    ? findIndentationMistake(source)
    : undefined;
  // What was read after the first mistake was read wrong.
  const others = problems.filter(
    ({ code, line }) => mistake === undefined || !followsFromIndentation.has(code) || line < mistake.line - 1,
  );
  const lines = source.split("\n");
  const quotesIn = new Map<string, number>();
  // One line may hold thousands of problems.
  const quoteIn = (line: string): number => {
    const column = quotesIn.get(line) ?? findTypographicQuote(line);
    quotesIn.set(line, column);
    return column;
  };
  const told = others.map((problem): SyntaxProblem => {
    const line = lines[problem.line - 1] ?? "";
    const column = quoteIn(line);
    if (column < 0 || problem.onlyLocal) return problem;
    return { ...problem, column: column + 1, message: quoteMessage(line[column] ?? "") };
  });
  if (mistake === undefined) return told;
  return [...told, { ...mistake, code: "BAD_INDENT", path: [], onlyLocal: false }];
}

/** What the parser meets where a line does not line up: there, or on the line before or after. */
const followsFromIndentation: ReadonlySet<string> = new Set([
  "BAD_INDENT",
  "BLOCK_AS_IMPLICIT_KEY",
  "MULTILINE_IMPLICIT_KEY",
  "MISSING_CHAR",
  "UNEXPECTED_TOKEN",
]);

/** Errors that leave the meaning of everything else in the file clear. */
const localErrors: ReadonlySet<string> = new Set(["TAG_RESOLVE_FAILED"]);

/** Where the parts of a mapping or list stand: offsets into the text. */
type Offsets = Map<string | number, { readonly key: number; readonly value: number }>;

/** Turns the syntax tree into plain data, follows aliases and merges, and notes where each part stands. */
class Converter {
  readonly errors: { readonly offset: number; readonly message: string; readonly path: (string | number)[] }[] = [];
  readonly quotes: { readonly offset: number; readonly message: string; readonly path: (string | number)[] }[] = [];
  readonly #document: Document.Parsed;
  readonly #places = new WeakMap<object, Offsets>();
  #anchored: ReadonlyMap<Alias, Node> | undefined;
  #values = 0;

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  convert(node: Node | null, path: readonly (string | number)[]): RawValue {
    this.#values += 1;
    if (node === null) return undefined;
    if (this.#values > maxValues || path.length > maxDepth) {
      const message = this.#values > maxValues ? "its aliases repeat too much" : "the file is nested too deeply";
      if (!this.errors.some((error) => error.message === message)) {
        this.errors.push({ offset: startOf(node), message, path: [] });
      }
      return undefined;
    }
    if (isAlias(node)) return this.#convertAlias(node, path);
    if (isScalar(node)) {
      this.#noteQuote(node, path);
      return scalarValue(node.value);
    }
    if (isMap(node)) return this.#convertMap(node.items, path);
    if (isSeq(node)) return this.#convertList(node.items, path);
    return undefined;
  }

  #noteQuote(node: Node | null, path: readonly (string | number)[]): void {
    if (!isScalar(node) || node.type !== "PLAIN" || typeof node.value !== "string") return;
    const quote = typographicQuote(node.value);
    if (quote !== undefined) this.quotes.push({ offset: startOf(node), message: quoteMessage(quote), path: [...path] });
  }

  #convertAlias(node: Alias, path: readonly (string | number)[]): RawValue {
    this.#anchored ??= anchoredNodes(this.#document);
    const source = this.#anchored.get(node);
    if (source !== undefined) return this.convert(source, path);
    this.errors.push({ offset: startOf(node), message: messageOfSyntaxError("BAD_ALIAS"), path: [...path] });
    return undefined;
  }

  #convertList(items: readonly unknown[], path: readonly (string | number)[]): RawValue[] {
    const places: Offsets = new Map();
    const list = items.map((item, index) => {
      const node = asNode(item);
      const offset = startOf(node);
      places.set(index, { key: offset, value: offset });
      return this.convert(node, [...path, index]);
    });
    this.#places.set(list, places);
    return list;
  }

  #convertMap(
    items: readonly { readonly key: unknown; readonly value: unknown }[],
    path: readonly (string | number)[],
  ): RawMap {
    const map: RawMap = Object.create(null);
    const places: Offsets = new Map();
    const merged: { readonly map: RawMap; readonly places: Offsets }[] = [];
    for (const { key, value } of items) {
      const keyNode = asNode(key);
      const valueNode = asNode(value);
      const name = keyText(keyNode);
      if (name === "<<") {
        this.#collectMerge(valueNode, path, merged);
      } else if (name === undefined || name === "__proto__") {
        this.errors.push({ offset: startOf(keyNode), message: "expected a plain key", path: [...path] });
      } else {
        const offset = startOf(keyNode);
        this.#noteQuote(keyNode, [...path, name]);
        if (places.has(name)) {
          const message = "this key is given twice in the same section";
          this.errors.push({ offset, message, path: [...path, name] });
        }
        const isEmpty = isScalar(valueNode) && valueNode.source === "";
        places.set(name, { key: offset, value: valueNode === null || isEmpty ? offset : startOf(valueNode) });
        map[name] = this.convert(valueNode, [...path, name]);
      }
    }
    for (const source of merged) {
      for (const [name, value] of Object.entries(source.map)) {
        if (name in map) continue;
        map[name] = value;
        const place = source.places.get(name);
        if (place !== undefined) places.set(name, place);
      }
    }
    this.#places.set(map, places);
    return map;
  }

  /** `<<: *defaults` or `<<: [*a, *b]`; what stands first wins. */
  #collectMerge(
    node: Node | null,
    path: readonly (string | number)[],
    merged: { readonly map: RawMap; readonly places: Offsets }[],
  ): void {
    const value = this.convert(node, [...path, "<<"]);
    for (const part of Array.isArray(value) ? value : [value]) {
      const places = isRawMap(part) ? this.#places.get(part) : undefined;
      if (isRawMap(part) && places !== undefined) merged.push({ map: part, places });
      else this.errors.push({ offset: startOf(node), message: "<< merges mappings only", path: [...path] });
    }
  }

  offsetOf(root: RawValue, path: readonly PropertyKey[], what: "key" | "value"): number {
    let value = root;
    let offset = this.#document.contents === null ? 0 : startOf(this.#document.contents);
    for (const [index, key] of path.entries()) {
      if (typeof value !== "object") break;
      const place = typeof key === "symbol" ? undefined : this.#places.get(value)?.get(key);
      if (place === undefined) break;
      const isLast = index === path.length - 1;
      value = Array.isArray(value) ? value[Number(key)] : value[String(key)];
      // Problems of a whole section point at its key, those of a simple value at the value.
      offset = isLast && what === "value" && typeof value !== "object" ? place.value : place.key;
    }
    return offset;
  }
}

/** What each alias stands for, the nearest such anchor before it, found in one pass; the library would search all of the file for each. */
function anchoredNodes(document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const found = new Map<Alias, Node>();
  visit(document, {
    Value: (_key, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
    Alias: (_key, node) => {
      const source = anchors.get(node.source);
      if (source !== undefined) found.set(node, source);
    },
  });
  return found;
}

export function isRawMap(value: RawValue): value is RawMap {
  return typeof value === "object" && !Array.isArray(value);
}

function asNode(value: unknown): Node | null {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : null;
}

function startOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}

function keyText(node: Node | null): string | undefined {
  if (node === null || !isScalar(node)) return undefined;
  if (typeof node.value === "string") return node.value;
  return node.source === undefined || node.source === "" ? undefined : node.source;
}

/** Plain data as if it had been read from a document; what a document cannot have is left out. */
export function rawValue(value: unknown): RawValue {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(rawValue);
  if (typeof value !== "object" || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rawValue(part)]));
}

function scalarValue(value: unknown): RawValue {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
}
