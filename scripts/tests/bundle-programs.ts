/**
 * The programs in a few files, for tests that start them often: a start from the sources resolves and loads hundreds of modules, which
 * takes longer than the work itself. `npm test` makes the bundle once; a test file that runs alone starts the sources.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import esbuild, { type Plugin } from "esbuild";
import { projectRoot } from "../package/project.ts";

const entries = ["cli/harbinger", "cli/portwatcher", "store/sqlite/store-worker"];

const cache = path.join(projectRoot, "node_modules", ".cache", "harbinger-test-programs");

const cacheInBundle = `import module from "node:module";
export const usePrivateCompileCache = () => void module.enableCompileCache(\`\${import.meta.dirname}/../cache\`);
`;

export interface BundledPrograms extends Disposable {
  /** The folder of the launchers. */
  readonly launchers: string;
}

/** Makes a tree like that of the published package: `bin/`, `dist/` and package.json. It belongs to this process. */
export async function bundlePrograms(): Promise<BundledPrograms> {
  removeUnused();
  const folder = path.join(cache, String(process.pid));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ["bin", "package.json"])
    cpSync(path.join(projectRoot, name), path.join(folder, name), { recursive: true });
  // Goes with the bundle: in the home of the user the compiled code of each run would stay.
  writeFileSync(path.join(folder, "bin", "compile-cache.js"), cacheInBundle);
  // Packages with data and native code, and the Node that older versions start.
  symlinkSync(path.join(projectRoot, "node_modules"), path.join(folder, "node_modules"));
  const dist = path.join(folder, "dist");
  mkdirSync(dist);
  // Tests of the pages build them.
  symlinkSync(path.join(projectRoot, "dist", "pages"), path.join(dist, "pages"));
  await esbuild.build({
    absWorkingDir: projectRoot,
    entryPoints: entries.map((entry) => ({ in: `src/${entry}.ts`, out: entry })),
    outdir: dist,
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    // Native code, and optional parts of packages.
    external: ["koffi", "pg-native", "cloudflare:sockets"],
    // CommonJS packages load built-in modules by `require`.
    banner: {
      js: 'import { createRequire as newRequire } from "node:module"; const require = newRequire(import.meta.url);',
    },
    logLevel: "warning",
    plugins: [originalPlaces(dist)],
  });
  await esbuild.stop();
  return {
    launchers: path.join(folder, "bin"),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Bundles of processes that were killed. */
function removeUnused(): void {
  if (!existsSync(cache)) return;
  for (const pid of readdirSync(cache)) {
    if (!isRunning(Number(pid))) rmSync(path.join(cache, pid), { recursive: true, force: true });
  }
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Modules find other files relative to their own path, which is the one that they would have if each was compiled alone. */
function originalPlaces(dist: string): Plugin {
  const sources = path.join(projectRoot, "src");
  return {
    name: "original-places",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        const place = path.join(dist, path.relative(sources, file)).replace(/\.ts$/, ".js");
        const url = JSON.stringify(pathToFileURL(place).href);
        return { contents: readFileSync(file, "utf8").replaceAll("import.meta.url", url), loader: "ts" };
      });
    },
  };
}
