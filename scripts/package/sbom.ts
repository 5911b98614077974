/**
 * Writes the program's components as CycloneDX, with Node, which is in the single executable:
 * `npm run package:sbom [-- --to FOLDER]`.
 */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { productionPackages } from "../licences/production-packages.ts";
import { pagesPackages } from "../pages/pages-packages.ts";
import { inPackages } from "./packages.ts";
import { projectRoot, publishedManifest, readProject } from "./project.ts";
import { type Bom, finishBom } from "./sbom/finish-bom.ts";
import { bomFaults } from "./sbom/validate-bom.ts";

const { version, sourceDate } = readProject();
const manifest = manifestWithPages();

await inPackages(`harbinger-${version}.cdx.json`, async (work) => {
  // npm has the whole tree and is installed: no further program is needed. Its option that omits development
  // dependencies also omits what both kinds need, so it gets a project without development dependencies.
  writeFileSync(path.join(work, "package.json"), JSON.stringify(manifest));
  writeFileSync(path.join(work, "package-lock.json"), JSON.stringify(productionLock()));
  const words = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"];
  const { stdout } = await promisify(execFile)("npm", words, { cwd: work, maxBuffer: 64 * 1024 * 1024 });
  const bom = finishBom(JSON.parse(stdout) as Bom, { sourceDate, node: process.version.slice(1) });
  const text = `${JSON.stringify(bom, undefined, 2)}\n`;
  const faults = await bomFaults(text);
  if (faults !== undefined) throw new Error(`not valid by the schema of CycloneDX: ${faults}`);
  const file = path.join(work, "bom.json");
  writeFileSync(file, text);
  return file;
});

/** package.json, with the packages that are built into the pages. */
function manifestWithPages(): Readonly<Record<string, unknown>> {
  const { devDependencies = {} } = JSON.parse(readFileSync(path.join(projectRoot, "package.json"), "utf8")) as {
    readonly devDependencies?: Readonly<Record<string, string>>;
  };
  const published = publishedManifest();
  const inPages = Object.fromEntries(pagesPackages.map((name) => [name, devDependencies[name] ?? "*"]));
  return { ...published, dependencies: { ...(published["dependencies"] as object), ...inPages } };
}

/** package-lock.json as it would be without development tools. */
function productionLock(): object {
  const lock = JSON.parse(readFileSync(path.join(projectRoot, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
  };
  const kept = new Set(productionPackages(projectRoot).map(({ folder }) => folder));
  const packages = Object.entries(lock.packages)
    .filter(([folder]) => kept.has(folder))
    .map(([folder, { dev: _inPages, ...entry }]) => [folder, entry] as const);
  return { ...lock, packages: { "": manifest, ...Object.fromEntries(packages) } };
}
