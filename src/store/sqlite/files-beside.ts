import { readdirSync, statSync } from "node:fs";
import path from "node:path";

/**
 * Whole databases beside a database file, by purpose.
 * - `earlier`: from before the schema was changed, `.schema-5-2026-01-31`, or the earlier tool's,
 *   `.before-harbinger-2026-01-31`.
 * - `set-aside`: the database went on there, because another file took its place.
 * - `replaced`: the database before a backup was restored.
 */
export interface FileBeside {
  readonly kind: "earlier" | "set-aside" | "replaced";
  readonly file: string;
  readonly bytes: number;
  readonly modifiedAt: number;
  /** Of `earlier`, where it is ours. */
  readonly schema?: number;
}

const kinds = [
  { kind: "earlier", pattern: /^schema-(\d{1,6})-\d{4}-\d\d-\d\d(?:-\d+)?$/ },
  { kind: "earlier", pattern: /^before-harbinger-\d{4}-\d\d-\d\d(?:-\d+)?$/ },
  { kind: "set-aside", pattern: /^set-aside-\d{4}-\d\d-\d\d(?:-\d+)?$/ },
  { kind: "replaced", pattern: /^replaced-\d{4}-\d\d-\d\d(?:-\d+)?$/ },
] as const;

/** Newest first. */
export function filesBeside(file: string): readonly FileBeside[] {
  const folder = path.dirname(file);
  const prefix = `${path.basename(file)}.`;
  return namesIn(folder)
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) => {
      for (const { kind, pattern } of kinds) {
        const match = pattern.exec(name.slice(prefix.length));
        if (match === null) continue;
        const found = statSync(path.join(folder, name), { throwIfNoEntry: false });
        if (found?.isFile() !== true) return [];
        const schema = match[1] === undefined ? {} : { schema: Number(match[1]) };
        return [{ kind, file: path.join(folder, name), bytes: found.size, modifiedAt: found.mtimeMs, ...schema }];
      }
      return [];
    })
    .sort((a, b) => b.modifiedAt - a.modifiedAt);
}

/** How to go back to a schema that this program knows: `undefined` where there is no such copy beside the database. */
export function describeWayBack(file: string, known: number): string | undefined {
  const copy = filesBeside(file)
    .filter(({ schema }) => schema !== undefined && schema <= known)
    .sort((a, b) => (b.schema ?? 0) - (a.schema ?? 0) || b.modifiedAt - a.modifiedAt)[0];
  if (copy === undefined) return undefined;
  return `To go back to the copy from before the update (what was stored since is kept beside it): harbinger restore ${copy.file} --force`;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
