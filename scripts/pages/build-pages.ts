/**
 * Builds the pages of src/web/dashboard for browsers: `npm run build:pages [-- --to FOLDER] [--if-changed]`, by default into dist/pages.
 * `files.json` there lists the files. Each is also compressed in advance, so that serving it needs no work.
 */
import { createHash } from "node:crypto";
import { chmodSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { pagesPackages } from "./pages-packages.ts";

const root = path.join(import.meta.dirname, "..", "..");
const sources = path.join(root, "src", "web", "dashboard");

const { values } = parseArgs({ options: { to: { type: "string" }, "if-changed": { type: "boolean" } } });
const folder = path.resolve(values.to ?? path.join(root, "dist", "pages"));
const hash = sourceHash();
if (values["if-changed"] !== true || builtHash() !== hash) await buildPages();

/** Into a new folder, which replaces the old one when it is complete: the program may be serving that. */
async function buildPages(): Promise<void> {
  const parent = path.dirname(folder);
  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(path.join(parent, ".pages-"));
  try {
    const files = (await outputs()).map(({ name, bytes }) => {
      const place = path.join(work, name);
      mkdirSync(path.dirname(place), { recursive: true, mode: 0o755 });
      writeFileSync(place, bytes, { mode: 0o644 });
      writeFileSync(`${place}.br`, brotliCompressSync(bytes, brotliOptions(bytes)), { mode: 0o644 });
      writeFileSync(`${place}.gz`, gzipSync(bytes, { level: 9 }), { mode: 0o644 });
      return { name, hash: createHash("sha256").update(bytes).digest("hex").slice(0, 32) };
    });
    writeFileSync(path.join(work, "files.json"), `${JSON.stringify({ sources: hash, files }, undefined, 1)}\n`);
    chmodSync(work, 0o755);
    replace(work);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

interface Output {
  readonly name: string;
  readonly bytes: Buffer;
}

async function outputs(): Promise<readonly Output[]> {
  const result = await build({
    root: sources,
    configFile: false,
    // Relative, so that the pages work below any path.
    base: "./",
    publicDir: false,
    logLevel: "warn",
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      write: false,
      target: ["chrome111", "firefox114", "safari16.4"],
      sourcemap: false,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
  const bundles = Array.isArray(result) ? result : [result];
  const made: Output[] = [];
  for (const bundle of bundles) {
    if (!("output" in bundle)) throw new Error("the build of the pages did not end");
    for (const part of bundle.output) {
      if (part.type === "chunk") requireKnownPackages(part);
      made.push({ name: part.fileName, bytes: Buffer.from(part.type === "chunk" ? part.code : part.source) });
    }
  }
  return made.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Their licences are among the notices only if the list names them. */
function requireKnownPackages({ moduleIds }: Rolldown.OutputChunk): void {
  for (const id of moduleIds) {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
    if (name !== undefined && !pagesPackages.some((known) => known === name))
      throw new Error(`the pages include the package ${name}: add it to scripts/pages/pages-packages.ts`);
  }
}

function brotliOptions(bytes: Buffer) {
  return { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
}

/** Another build may do the same at this moment; both made the same files. */
function replace(work: string): void {
  for (let attempt = 1; ; attempt += 1) {
    rmSync(folder, { recursive: true, force: true });
    try {
      renameSync(work, folder);
      return;
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

/** Of everything that decides what is built. */
function sourceHash(): string {
  const hashed = createHash("sha256");
  const own = ["scripts/pages/build-pages.ts", "package-lock.json"];
  // The pages share words and rules with what is below them.
  const files = globSync("src/{core,present,web/dashboard}/**/*.*", {
    cwd: root,
    exclude: (name) => name.endsWith(".test.ts"),
  }).sort();
  for (const file of [...own, ...files])
    hashed
      .update(file)
      .update("\0")
      .update(readFileSync(path.join(root, file)));
  return hashed.digest("hex");
}

function builtHash(): unknown {
  try {
    const text = readFileSync(path.join(folder, "files.json"), "utf8");
    return (JSON.parse(text) as { readonly sources?: unknown }).sources;
  } catch {
    return undefined;
  }
}
