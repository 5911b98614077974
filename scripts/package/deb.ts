/** Makes the package for Debian and its derivatives: `npm run package:deb [-- --to FOLDER]`. */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { controlFiles } from "./deb/control-files.ts";
import { debianVersion } from "./deb/debian-version.ts";
import { PackageTree } from "./deb/package-tree.ts";
import { packagedFiles } from "./deb/packaged-files.ts";
import { inPackages } from "./packages.ts";
import { projectRoot, readProject } from "./project.ts";

const run = promisify(execFile);
const { version, sourceDate } = readProject();

await inPackages(`harbinger_${version}_amd64.deb`, async (work) => {
  const executable = process.env["HARBINGER_EXECUTABLE"] ?? (await makeExecutable(work));
  const project = { version: debianVersion(version), sourceDate, executable, help: await makeHelp(work) };
  const tree = new PackageTree(path.join(work, "tree"), sourceDate);
  await packagedFiles(tree, project);
  await controlFiles(tree, project);
  tree.close();
  const file = path.join(work, "package.deb");
  // One thread: with more, the bytes depend on their number. Level 1: higher ones take a minute for a seventh of the size.
  const options = ["--root-owner-group", "-Zxz", "-z1", "--threads-max=1"];
  await run("dpkg-deb", [...options, "--build", tree.root, file], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(sourceDate) },
  });
  return file;
});

/** Manual pages and completions. @returns their folder */
async function makeHelp(work: string): Promise<string> {
  const folder = path.join(work, "help");
  await run("npm", ["run", "--silent", "--if-present", "package:help", "--", folder], {
    cwd: projectRoot,
    env: { ...process.env, SOURCE_DATE_EPOCH: String(sourceDate) },
  });
  return folder;
}

async function makeExecutable(work: string): Promise<string> {
  const folder = path.join(work, "executable");
  mkdirSync(folder);
  const script = path.join(projectRoot, "scripts", "package", "executable.ts");
  await run(process.execPath, [script, "--to", folder], { cwd: projectRoot });
  const [name] = readdirSync(folder);
  if (name === undefined) throw new Error("the executable was not made");
  return path.join(folder, name);
}
