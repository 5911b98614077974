import {
  type Alias,
  type Document,
  isMap,
  isScalar,
  type Node,
  Pair,
  parseDocument,
  Scalar,
  visit,
  YAMLMap,
} from "yaml";

export type ConvertedSections =
  | { readonly kind: "text"; readonly text: string; readonly moved: readonly string[] }
  /** There is nothing to move, or moving would change the meaning of the file. */
  | { readonly kind: "none"; readonly reason: string };

/**
 * Moves the `port_*` sections of a configuration to entries of `watches` with the same names, so that their history is
 * kept. Comments are kept; everything else is unchanged.
 * @param text a configuration that loads without an error
 */
export function convertPortSections(text: string): ConvertedSections {
  const document: Document = parseDocument(text, { schema: "failsafe", merge: true, logLevel: "error" });
  const root = document.contents;
  if (document.errors.length > 0 || !isMap(root)) return { kind: "none", reason: "it does not consist of sections" };
  const items = root.items;
  const old = items.filter(({ key }) => isPortSection(nameOf(key)));
  if (old.length === 0)
    return { kind: "none", reason: "it has no port_* sections, so it already has the current form" };
  if (old.some(({ value }) => !isMap(value))) return { kind: "none", reason: "a port_* section is not a mapping" };
  const before = anchorsOf(document);
  const watches = watchesOf(root);
  for (const section of old) {
    const { key, value } = section;
    if (isMap(value)) rename(value, nameOf(key) ?? "");
    // Comments and blank lines above a section move with it.
    watches.items.push(new Pair(key, value));
  }
  const first = items.findIndex(({ key }) => isPortSection(nameOf(key)));
  const kept = items.filter(({ key }) => !isPortSection(nameOf(key)));
  if (!kept.some(({ value }) => value === watches)) {
    const key = new Scalar("watches");
    const [{ key: firstKey } = { key: undefined }] = watches.items;
    // The blank line above the first section moves above `watches`.
    if (isScalar(firstKey) && firstKey.spaceBefore === true) {
      key.spaceBefore = true;
      firstKey.spaceBefore = false;
    }
    kept.splice(first, 0, new Pair(key, watches));
  }
  root.items = kept;
  const after = anchorsOf(document);
  if ([...after].some(([alias, node]) => node === undefined || node !== before.get(alias))) {
    return { kind: "none", reason: "after moving the sections, an alias (*name) would be before its anchor (&name)" };
  }
  try {
    const written = document.toString({ lineWidth: 0 });
    return { kind: "text", text: written, moved: old.map(({ key }) => nameOf(key) ?? "") };
  } catch {
    // The library can read some nodes that it cannot write, such as an empty key (`? `).
    return { kind: "none", reason: "it has a part that can be read but not written again, such as an empty key" };
  }
}

/** The node of each alias. An alias refers to the nearest anchor above it, so moving parts of a file can change it. */
function anchorsOf(document: Document): Map<Alias, Node | undefined> {
  const anchors = new Map<Alias, Node | undefined>();
  visit(document, { Alias: (_, alias) => void anchors.set(alias, alias.resolve(document)) });
  return anchors;
}

function isPortSection(name: string | undefined): boolean {
  return name?.startsWith("port_") === true;
}

function nameOf(key: unknown): string | undefined {
  return isScalar(key) && typeof key.value === "string" ? key.value : undefined;
}

function watchesOf(root: YAMLMap): YAMLMap {
  const known = root.items.find(({ key }) => nameOf(key) === "watches")?.value;
  return isMap(known) ? known : new YAMLMap();
}

/** `port: 22` becomes `ports: 22`; the default label is written out. */
function rename(section: YAMLMap, name: string): void {
  let port: unknown;
  let hasLabel = false;
  for (const { key, value } of section.items) {
    if (nameOf(key) === "label") hasLabel = true;
    if (nameOf(key) !== "port" || !isScalar(key)) continue;
    key.value = "ports";
    delete key.source;
    port = isScalar(value) ? value.value : undefined;
  }
  if (!hasLabel) section.items.push(new Pair(new Scalar("label"), new Scalar(`Port_${String(port ?? name.slice(5))}`)));
}
