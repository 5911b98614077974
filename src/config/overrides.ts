import { isRawMap, type RawMap } from "./raw-value.ts";

/** Ordinary settings that the environment overrides, for containers and service units. */
const overrides: readonly { readonly variable: string; readonly path: readonly [string, ...string[]] }[] = [
  { variable: "HARBINGER_STORE", path: ["store"] },
  { variable: "HARBINGER_LOG_LEVEL", path: ["logging", "level"] },
  { variable: "HARBINGER_WEB_LISTEN", path: ["web", "listen"] },
];

/**
 * Replaces settings of the file with those of the environment.
 * @param root changed in place
 * @returns the variable of each overridden key, by the path of the key joined with dots
 */
export function applyOverrides(
  root: RawMap,
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  const origins = new Map<string, string>();
  for (const { variable, path } of overrides) {
    const value = environment[variable];
    if (value === undefined || value === "") continue;
    const section = sectionFor(root, path.slice(0, -1));
    // The value is not a section, which is reported separately.
    if (section === undefined) continue;
    section[path.at(-1) ?? ""] = value;
    origins.set(path.join("."), variable);
  }
  return origins;
}

function sectionFor(root: RawMap, path: readonly string[]): RawMap | undefined {
  let section = root;
  for (const key of path) {
    const below = section[key] ?? Object.create(null);
    if (!isRawMap(below)) return undefined;
    section[key] = below;
    section = below;
  }
  return section;
}
