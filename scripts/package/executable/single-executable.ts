import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../project.ts";

const run = promisify(execFile);

/** The Node that `npm ci` installed for this system: the executable is a copy of it, with the program inside. */
export const baseNode = path.join(projectRoot, "node_modules", "node", "bin", "node");

/** With this Node detects an embedded program. https://nodejs.org/api/single-executable-applications.html */
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

export interface Contents {
  /** JavaScript that runs at the start. */
  readonly main: string;
  /** Options of Node for every start. */
  readonly nodeOptions: readonly string[];
  /** What the program reads from itself, by name: text, or the path of a file. */
  readonly assets: ReadonlyMap<string, { readonly text: string } | { readonly file: string }>;
}

/**
 * Makes a single-file executable. @param work an empty folder to work in @returns the path of the program, in that folder
 * @throws Error if strip of the GNU binutils is missing
 */
export async function makeSingleExecutable(contents: Contents, work: string): Promise<string> {
  const executable = path.join(work, "executable");
  await copyFile(baseNode, executable);
  await chmod(executable, 0o755);
  // A seventh of it are debug symbols. Symbols that native modules need are kept.
  await run("strip", [executable]);
  await writeBlob(contents, work);
  const postject = path.join(projectRoot, "node_modules", "postject", "dist", "cli.js");
  const blob = path.join(work, "program.blob");
  await run(process.execPath, [postject, executable, "NODE_SEA_BLOB", blob, "--sentinel-fuse", fuse]);
  return executable;
}

/** Names in the blob are relative, so that it is the same wherever it is made. */
async function writeBlob({ main, nodeOptions, assets }: Contents, work: string): Promise<void> {
  await writeFile(path.join(work, "main.js"), main);
  await mkdir(path.join(work, "assets"));
  const files: Record<string, string> = {};
  for (const [index, [name, content]] of [...assets].entries()) {
    const copy = path.join("assets", String(index));
    if ("text" in content) await writeFile(path.join(work, copy), content.text);
    files[name] = "text" in content ? copy : content.file;
  }
  const config = {
    main: "main.js",
    output: "program.blob",
    disableExperimentalSEAWarning: true,
    // If the name by which Node is called looks like an option, Node reads it as one, which may run code. The caller
    // chooses that name, even if the file has capabilities. Nothing after this is an option.
    execArgv: [...nodeOptions, "--"],
    execArgvExtension: "env",
    assets: files,
  };
  await writeFile(path.join(work, "sea-config.json"), JSON.stringify(config));
  await run(baseNode, ["--experimental-sea-config", "sea-config.json"], { cwd: work });
}
