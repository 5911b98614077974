import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

export const projectRoot = path.join(import.meta.dirname, "..", "..");

/** Where artefacts are put. */
export const packagesFolder = path.join(projectRoot, "dist", "packages");

export interface Project {
  readonly version: string;
  /** Seconds since 1970 that files in artefacts bear: SOURCE_DATE_EPOCH, else the time of the last commit. */
  readonly sourceDate: number;
}

export function readProject(): Project {
  const text = readFileSync(path.join(projectRoot, "package.json"), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return { version, sourceDate: sourceDate() };
}

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function sourceDate(): number {
  const given = process.env["SOURCE_DATE_EPOCH"];
  const text = given ?? execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: projectRoot, encoding: "utf8" });
  const seconds = Number(text);
  if (!Number.isSafeInteger(seconds) || seconds < 0) throw new Error(`SOURCE_DATE_EPOCH is not a number: ${text}`);
  return seconds;
}

/** A file of an installed package: `oui-data/index.json`. */
export function packageFile(name: string): string {
  return path.join(projectRoot, "node_modules", ...name.split("/"));
}

/** Of package.json, what matters to whoever installs the package. */
export function publishedManifest(): Readonly<Record<string, unknown>> {
  const manifest = JSON.parse(readFileSync(path.join(projectRoot, "package.json"), "utf8")) as Record<string, unknown>;
  const { scripts: _scripts, devDependencies: _development, allowScripts: _allowed, ...published } = manifest;
  return published;
}
