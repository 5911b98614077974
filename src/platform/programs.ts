import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

/** The folders that a shell searches if PATH is not set. */
const defaultFolders = ["/usr/local/bin", "/usr/bin", "/bin"].join(path.delimiter);

/** The full path of `name` as the shell would find it, or `undefined`. */
export function findProgram(
  name: string,
  searchPath: string = process.env["PATH"] ?? defaultFolders,
): string | undefined {
  if (name === "") return undefined;
  const hasFolder = name.includes("/") || name.includes(path.sep);
  for (const folder of hasFolder ? [""] : searchPath.split(path.delimiter)) {
    for (const extension of extensionsOf(name)) {
      const candidate = path.resolve(folder, name + extension);
      if (isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

/** On Windows a program has an extension, and the usual ones are added to a name without one. */
function extensionsOf(name: string): readonly string[] {
  if (process.platform !== "win32") return [""];
  const runnable = (process.env["PATHEXT"] ?? ".COM;.EXE;.BAT;.CMD").split(";").filter((extension) => extension !== "");
  const has = runnable.some((extension) => name.toLowerCase().endsWith(extension.toLowerCase()));
  return has ? ["", ...runnable] : runnable;
}

function isExecutable(file: string): boolean {
  try {
    if (!statSync(file).isFile()) return false;
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
