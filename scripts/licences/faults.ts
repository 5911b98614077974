import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import satisfies from "spdx-satisfies";
import { allowedLicences } from "./allowed.ts";
import { type ProductionPackage, productionPackages } from "./production-packages.ts";

/** Why the packages of `root` may not be distributed together with the program, one sentence each. */
export function licenceFaults(root: string): readonly string[] {
  return productionPackages(root).flatMap((found) => faultsOf(found, root));
}

function faultsOf({ name, version, licence, folder }: ProductionPackage, root: string): readonly string[] {
  const who = `${name} ${version}`;
  if (licence === undefined) return [`${who}: package-lock.json names no licence`];
  if (!isAllowed(licence)) {
    return [
      `${who}: the licence ${licence} is not in scripts/licences/allowed.ts; add it with its reason, or do without`,
    ];
  }
  // A package for another system is not installed here.
  const manifest = path.join(root, folder, "package.json");
  if (!existsSync(manifest)) return [];
  const { license } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly license?: unknown };
  return license === licence
    ? []
    : [`${who}: package-lock.json says ${licence}, the installed package ${JSON.stringify(license) ?? "nothing"}`];
}

/** Of alternative licences one must be allowed; of licences that apply together, each must be. */
function isAllowed(expression: string): boolean {
  try {
    return satisfies(expression, Object.keys(allowedLicences));
  } catch {
    // Not an SPDX expression: "SEE LICENSE IN ...", "UNLICENSED".
    return false;
  }
}
