import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

/** The full path of `name` as the shell would find it, or `undefined`. */
export function findProgram(name: string, searchPath: string = process.env["PATH"] ?? ""): string | undefined {
  const extensions =
    process.platform === "win32" ? ["", ...(process.env["PATHEXT"] ?? ".EXE;.CMD;.BAT").split(";")] : [""];
  const folders = name.includes("/") || name.includes(path.sep) ? [""] : searchPath.split(path.delimiter);
  for (const folder of folders) {
    for (const extension of extensions) {
      const candidate = path.resolve(folder, name + extension);
      if (isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
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
