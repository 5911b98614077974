import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

export const projectRoot = path.join(import.meta.dirname, "..", "..");

/** The folder of artefacts. */
export const packagesFolder = path.join(projectRoot, "dist", "packages");

export interface Project {
  readonly version: string;
  /** The date of files in artefacts, in seconds since 1970: SOURCE_DATE_EPOCH, else the time of the last commit. */
  readonly sourceDate: number;
}

export function readProject(): Project {
  const text = readFileSync(path.join(projectRoot, "package.json"), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return { version, sourceDate: sourceDate() };
}

/** The end of the year 9999; formats of files have four digits for it. */
const latestDate = 253_402_300_799;

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function sourceDate(): number {
  const given = process.env["SOURCE_DATE_EPOCH"] ?? "";
  if (given === "") return timeOfLastCommit();
  const seconds = /^\d{1,12}$/.test(given) ? Number(given) : Number.NaN;
  if (!(seconds <= latestDate)) {
    throw new Error(`SOURCE_DATE_EPOCH has to be seconds since 1970, in digits, until the year 9999; it is: ${given}`);
  }
  return seconds;
}

function timeOfLastCommit(): number {
  try {
    return Number(execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: projectRoot, encoding: "utf8" }));
  } catch (error) {
    throw new Error("The date of the sources is unknown: set SOURCE_DATE_EPOCH where there is no git repository.", {
      cause: error,
    });
  }
}

/** A file of an installed package: `oui-data/index.json`. */
export function packageFile(name: string): string {
  return path.join(projectRoot, "node_modules", ...name.split("/"));
}

/** The part of package.json that users of the package need. */
export function publishedManifest(): Readonly<Record<string, unknown>> {
  const manifest = JSON.parse(readFileSync(path.join(projectRoot, "package.json"), "utf8")) as Record<string, unknown>;
  const { scripts: _scripts, devDependencies: _development, allowScripts: _allowed, ...published } = manifest;
  return published;
}
