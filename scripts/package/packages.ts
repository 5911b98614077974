import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { sizeText } from "../../src/core/size-text.ts";
import { packagesFolder } from "./project.ts";

/** The folder of `--to FOLDER` in the command line, else the default one. It is created. */
export function targetFolder(): string {
  const { values } = parseArgs({ options: { to: { type: "string" } } });
  const folder = path.resolve(values.to ?? packagesFolder);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * Makes an artefact in a temporary folder, and moves it to its place when it is complete.
 * @param make gets an empty folder; returns the file that it made there
 */
export async function inPackages(name: string, make: (work: string) => Promise<string>): Promise<void> {
  const folder = targetFolder();
  const work = mkdtempSync(path.join(folder, ".making-"));
  try {
    const made = await make(work);
    const place = path.join(folder, name);
    renameSync(made, place);
    const shown = path.relative(process.cwd(), place);
    process.stdout.write(`${shown.startsWith("..") ? place : shown}  ${sizeText(statSync(place).size)}\n`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
