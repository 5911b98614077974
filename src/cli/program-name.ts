import { realpathSync } from "node:fs";
import path from "node:path";
import { isSingleExecutable } from "../platform/single-executable.ts";

/** How this process was started. */
export interface Start {
  /** The path of the launcher, or of the single executable. */
  readonly script: string;
  readonly isExecutable?: boolean;
  readonly directory: string;
  /** `PATH` of the environment. */
  readonly searchPath: string;
}

/**
 * How the user calls `harbinger` from the current folder, so that suggested commands work: `harbinger` if the search
 * path has it, `npx harbinger` if it is installed in a folder, the path of the single executable, otherwise
 * `node bin/harbinger.js` with the right path.
 */
export function programName(start: Start = thisStart()): string {
  const script = realPath(start.script);
  const isFound = start.searchPath
    .split(path.delimiter)
    // npm adds these folders to the path of its scripts; the user's shell does not have them.
    .filter((folder) => folder !== "" && !folder.endsWith(path.join("node_modules", ".bin")))
    .some((folder) => realPath(path.join(folder, "harbinger")) === script);
  if (isFound) return "harbinger";
  if (script.includes(path.join(path.sep, "node_modules", "harbinger", path.sep))) return "npx harbinger";
  const relative = path.relative(realPath(start.directory), script);
  const shown = relative.startsWith("..") ? script : relative;
  if (start.isExecutable === true) return shellWord(shown.includes(path.sep) ? shown : `.${path.sep}${shown}`);
  return `node ${shellWord(shown)}`;
}

/** Quotes a word for a shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function thisStart(): Start {
  return {
    script: isSingleExecutable ? process.execPath : (process.argv[1] ?? ""),
    isExecutable: isSingleExecutable,
    directory: process.cwd(),
    searchPath: process.env["PATH"] ?? "",
  };
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
