import { readFileSync } from "node:fs";
import path from "node:path";
import { pagesPackages } from "../pages/pages-packages.ts";

export interface ProductionPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression, as package-lock.json has it from the registry. */
  readonly licence: string | undefined;
  /** From the project's folder. */
  readonly folder: string;
}

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

/**
 * The packages that users of the program install, including those for other systems, and those that are built into the pages, by
 * package-lock.json of `root`.
 */
export function productionPackages(root: string): readonly ProductionPackage[] {
  const text = readFileSync(path.join(root, "package-lock.json"), "utf8");
  const { packages } = JSON.parse(text) as { readonly packages: Readonly<Record<string, LockedPackage>> };
  return Object.entries(packages)
    .filter(
      ([folder, { dev, devOptional }]) =>
        folder !== "" && ((dev !== true && devOptional !== true) || isInPages(folder)),
    )
    .map(([folder, { version = "", license }]) => ({
      name: folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length),
      version,
      licence: license,
      folder,
    }));
}

function isInPages(folder: string): boolean {
  return pagesPackages.some((name) => folder === `node_modules/${name}`);
}
