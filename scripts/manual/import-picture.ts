import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { projectRoot } from "../package/project.ts";

/** Folders with a subgraph: their own files are one node, each of their folders another. */
const flows = ["outbound", "inbound"];
/** What becomes one node, in dependency-cruiser's notation. */
const collapsed = `^src/(?:(?:${flows.join("|")})/[^/.]+/|[^/]+/)`;

/** The part of dependency-cruiser's JSON that is used. */
const cruiseResult = z.object({
  modules: z.array(z.object({ source: z.string(), dependencies: z.array(z.object({ resolved: z.string() })) })),
});

/** Folder -> the folders that it imports. `outbound/scan`, `core`. */
type Imports = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Which folders of `src/` import which, as a Mermaid diagram. An arrow that follows from others is left out: if `config`
 * imports `notify`, and `notify` imports `core`, it is not shown whether `config` imports `core`, too.
 */
export async function importPicture(): Promise<string> {
  const imports = withoutImplied(await folderImports());
  const folders = [...imports.keys()].sort();
  const lines = [
    "flowchart TD",
    ...flows.flatMap((flow) => [
      `  subgraph ${flow}`,
      ...folders
        .filter((folder) => folder === flow || folder.startsWith(`${flow}/`))
        .map((folder) => `    ${idOf(folder)}["${folder === flow ? "flow.ts" : path.posix.basename(folder)}"]`),
      "  end",
    ]),
    ...folders.flatMap((folder) => {
      const imported = [...(imports.get(folder) ?? [])].sort();
      return imported.length === 0 ? [] : [`  ${idOf(folder)} --> ${imported.map(idOf).join(" & ")}`];
    }),
  ];
  return ["```mermaid", ...lines, "```"].join("\n");
}

async function folderImports(): Promise<Imports> {
  const cruiser = path.join(projectRoot, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const args = ["src", "--config", ".dependency-cruiser.js", "--include-only", "^src/", "--exclude", "\\.test\\.ts$"];
  const output = ["--collapse", collapsed, "--output-type", "json"];
  const { stdout } = await promisify(execFile)(process.execPath, [cruiser, ...args, ...output], {
    cwd: projectRoot,
    maxBuffer: 64 * 1024 * 1024,
  });
  const { modules } = cruiseResult.parse(JSON.parse(stdout));
  return new Map(
    modules.map(({ source, dependencies }) => {
      const folder = folderOf(source);
      const imported = dependencies.map(({ resolved }) => folderOf(resolved));
      // A stage also imports types that are defined beside its flow; the subgraph shows that they belong together.
      return [folder, new Set(imported.filter((other) => other !== folder && !folder.startsWith(`${other}/`)))];
    }),
  );
}

function folderOf(source: string): string {
  return source.replace(/^src\//, "").replace(/\/$/, "");
}

/** The transitive reduction. */
function withoutImplied(imports: Imports): Imports {
  return new Map(
    [...imports].map(([folder, imported]) => {
      const implied = new Set([...imported].flatMap((other) => [...reachable(imports, other)]));
      if (implied.has(folder)) throw new Error(`${folder} imports itself through other folders`);
      return [folder, imported.difference(implied)];
    }),
  );
}

/** Everything that `folder` imports, directly or not. */
function reachable(imports: Imports, folder: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [folder];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const other of imports.get(next) ?? []) {
      if (found.has(other)) continue;
      found.add(other);
      open.push(other);
    }
  }
  return found;
}

function idOf(folder: string): string {
  return flows.includes(folder) ? `${folder}_flow` : folder.replaceAll("/", "_");
}
