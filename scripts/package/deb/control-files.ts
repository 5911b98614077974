import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../project.ts";
import type { PackageTree } from "./package-tree.ts";
import { type DebianProject, maintainer } from "./packaged-files.ts";

const run = promisify(execFile);
const source = path.join(projectRoot, "deploy", "debian");

/** Writes the files that dpkg itself reads, after everything else is in place. */
export async function controlFiles(tree: PackageTree, { version, executable }: DebianProject): Promise<void> {
  const values: Readonly<Record<string, string>> = {
    VERSION: version,
    MAINTAINER: maintainer,
    INSTALLED_SIZE: String(tree.installedSize()),
    DEPENDS: await libraries(executable),
  };
  const template = readFileSync(path.join(source, "control"), "utf8");
  const configuration = tree.files().filter((name) => name.startsWith("/etc/"));
  tree.write("/DEBIAN/md5sums", tree.checksums());
  tree.write("/DEBIAN/conffiles", configuration.map((name) => `${name}\n`).join(""));
  tree.write(
    "/DEBIAN/control",
    template.replace(/@([A-Z_]+)@/g, (_match, name: string) => known(values, name)),
  );
  for (const name of ["postinst", "prerm", "postrm"]) tree.copy(path.join(source, name), `/DEBIAN/${name}`, 0o755);
}

function known(values: Readonly<Record<string, string>>, name: string): string {
  const value = values[name];
  if (value === undefined) throw new Error(`deploy/debian/control: @${name}@ is not known`);
  return value;
}

/** The packages, with versions, that contain the libraries and symbols that the executable needs. */
async function libraries(executable: string): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-shlibdeps-"));
  try {
    mkdirSync(path.join(folder, "debian"));
    // It expects a source package.
    writeFileSync(
      path.join(folder, "debian", "control"),
      "Source: harbinger\n\nPackage: harbinger\nArchitecture: any\n",
    );
    const { stdout } = await run("dpkg-shlibdeps", ["-O", path.resolve(executable)], { cwd: folder });
    const found = /^shlibs:Depends=(.+)$/m.exec(stdout)?.[1];
    if (found === undefined) throw new Error(`dpkg-shlibdeps names no libraries: ${stdout}`);
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
