/** Makes the package for npm: `npm run package:tarball [-- --to FOLDER]`. */
import { execFile } from "node:child_process";
import { chmodSync, cpSync, globSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { inPackages } from "./packages.ts";
import { buildPages } from "./pages.ts";
import { projectRoot, publishedManifest, readProject } from "./project.ts";

const run = promisify(execFile);
const { version, sourceDate } = readProject();

/** Compiled into an empty folder: `dist/` may have files whose sources were deleted. */
await inPackages(`harbinger-${version}.tgz`, async (work) => {
  const stage = path.join(work, "package");
  mkdirSync(stage);
  for (const name of ["bin", "docs", "CHANGELOG.md", "LICENSE", "README.md"]) {
    cpSync(path.join(projectRoot, name), path.join(stage, name), { recursive: true });
  }
  const compiler = path.join(projectRoot, "node_modules", ".bin", "tsc");
  await run(compiler, ["-p", "tsconfig.build.json", "--outDir", path.join(stage, "dist")], { cwd: projectRoot });
  await buildPages(path.join(stage, "dist", "pages"));
  const help = path.join(projectRoot, "scripts", "manual", "write-help.ts");
  await run(process.execPath, [help, path.join(stage, "dist", "help")], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(sourceDate) },
  });
  // npm installs these where man finds them.
  const man = globSync("dist/help/man/*", { cwd: stage }).sort();
  const manifest = { ...publishedManifest(), man };
  writeFileSync(path.join(stage, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  plainModes(stage);
  // npm gives all files one date.
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", work], {
    cwd: stage,
  });
  const [packed] = JSON.parse(stdout) as readonly Packed[];
  if (packed === undefined) throw new Error(`npm pack named no package; it printed: ${stdout}`);
  requireAllCompiled(stage, packed);
  return path.join(work, packed.filename);
});

/** Independent of the umask of the checkout. */
function plainModes(stage: string): void {
  for (const file of globSync("**", { cwd: stage, withFileTypes: true })) {
    const isProgram = file.isDirectory() || /^(harbinger|portwatcher)\.js$/.test(file.name);
    chmodSync(path.join(file.parentPath, file.name), isProgram ? 0o755 : 0o644);
  }
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** npm leaves some names out by default, for example folders named `cvs`. */
function requireAllCompiled(stage: string, { files }: Packed): void {
  const packed = new Set(files.map((file) => file.path));
  const missing = globSync("dist/**/*.{js,d.ts}", { cwd: stage }).filter((file) => !packed.has(file));
  if (missing.length > 0) throw new Error(`npm packs no files of these names; rename them: ${missing.join(", ")}`);
}
