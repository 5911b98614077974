import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "./project.ts";

/** Builds the pages into `folder`. */
export async function buildPages(folder: string): Promise<void> {
  const script = path.join(projectRoot, "scripts", "pages", "build-pages.ts");
  await promisify(execFile)(process.execPath, [script, "--to", folder], { cwd: projectRoot });
}

/**
 * Builds the pages in the folder `work`.
 * @returns the files by name
 */
export async function builtPages(work: string): Promise<ReadonlyMap<string, string>> {
  const folder = path.join(work, "pages");
  await buildPages(folder);
  const names = globSync("**/*.*", { cwd: folder }).sort();
  return new Map(names.map((name) => [name.split(path.sep).join("/"), path.join(folder, name)]));
}
