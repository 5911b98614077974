import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node, visit } from "yaml";
import { isRawMap, type RawMap, type RawValue } from "./raw-value.ts";
import { messageOfSyntaxError } from "./syntax-messages.ts";
import { quoteMessage, typographicQuote } from "./typographic-quotes.ts";

/** Aliases can multiply the parts of a file; more values than this are an attack or a mistake. */
const maxValues = 100_000;
const maxDepth = 64;

/** Positions of the parts of a mapping or list: offsets into the text. */
type Offsets = Map<string | number, { readonly key: number; readonly value: number }>;

/** Converts the syntax tree to plain data, resolves aliases and merges, and records the position of each part. */
export class DocumentConverter {
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
      const message =
        this.#values > maxValues ? "the aliases expand to too many values" : "the file is nested too deeply";
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

  /** `<<: *defaults` or `<<: [*a, *b]`; the first one takes precedence. */
  #collectMerge(
    node: Node | null,
    path: readonly (string | number)[],
    merged: { readonly map: RawMap; readonly places: Offsets }[],
  ): void {
    const value = this.convert(node, [...path, "<<"]);
    for (const part of Array.isArray(value) ? value : [value]) {
      const places = isRawMap(part) ? this.#places.get(part) : undefined;
      if (isRawMap(part) && places !== undefined) merged.push({ map: part, places });
      else this.errors.push({ offset: startOf(node), message: "<< can merge only sections", path: [...path] });
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
      // For a section the position is that of its key, for a simple value that of the value.
      offset = isLast && what === "value" && typeof value !== "object" ? place.value : place.key;
    }
    return offset;
  }
}

/** The target of each alias: the nearest anchor of that name before it. One pass; the library searches the whole file for each alias. */
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

function scalarValue(value: unknown): RawValue {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
}
