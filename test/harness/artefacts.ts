import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { lockFile } from "../../src/platform/file-lock.ts";
import { findProgram } from "../../src/platform/programs.ts";
import { systemClock } from "../../src/platform/system-clock.ts";

/** The kinds of `npm run package:KIND -- --to FOLDER`, which makes one file in that folder. */
export type ArtefactKind = "tarball" | "executable" | "deb" | "image" | "sbom" | "notices";

const root = path.join(import.meta.dirname, "..", "..");
const usualCache = path.join(root, "node_modules", ".cache", "harbinger-artefacts");

/** The sources of artefacts, and the scripts that make them. */
const inputs = [
  "package.json",
  "package-lock.json",
  "tsconfig*.json",
  "bin/**",
  "src/**",
  "scripts/**",
  "deploy/**",
  "docs/**",
  "*.md",
  "LICENSE",
];

/** Another run of the tests may still use an older artefact; none takes this long. */
const unusedMs = 2 * 60 * 60_000;
const maxBuildMs = 15 * 60_000;

const asked = new Map<ArtefactKind, Promise<string>>();

/**
 * The path of an artefact of these sources. It is made once for each state of them, even if several processes need it at the same time. It
 * is shared: do not change it.
 */
export function artefact(kind: ArtefactKind): Promise<string> {
  let path = asked.get(kind);
  if (path === undefined) {
    path = keptArtefact({ kind, key: stateOfSources(), cache: usualCache, make: (folder) => make(kind, folder) });
    asked.set(kind, path);
  }
  return path;
}

export interface KeptArtefactOptions {
  readonly kind: string;
  readonly key: string;
  readonly cache: string;
  /** Makes one file in an empty folder. */
  readonly make: (folder: string) => Promise<void>;
}

/** Finds the artefact, or makes it while all others wait. One process at a time has the lock, which ends with it. */
export async function keptArtefact({ kind, key, cache, make }: KeptArtefactOptions): Promise<string> {
  const folder = path.join(cache, kind);
  const place = path.join(folder, key);
  mkdirSync(folder, { recursive: true });
  using lock = await lockFile(path.join(folder, "lock"), { clock: systemClock, timeoutMs: maxBuildMs });
  if (lock === undefined) throw new Error(`another process has held the lock for the ${kind} too long: ${folder}`);
  if (!existsSync(place)) {
    const making = path.join(folder, "making");
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making);
    await make(making);
    renameSync(making, place);
  }
  const now = new Date();
  utimesSync(place, now, now);
  removeUnused(folder, now.getTime() - unusedMs);
  return path.join(place, onlyFileIn(place));
}

function removeUnused(folder: string, before: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory() && statSync(place).mtimeMs < before) rmSync(place, { recursive: true, force: true });
  }
}

function onlyFileIn(folder: string): string {
  const [file, ...others] = readdirSync(folder);
  if (file === undefined || others.length > 0)
    throw new Error(`${folder} holds ${others.length + 1} files instead of one`);
  return file;
}

function stateOfSources(): string {
  const hash = createHash("sha256").update(process.version);
  const files = globSync(inputs, { cwd: root, exclude: (name) => name.endsWith(".test.ts") });
  for (const file of files.sort()) {
    const full = path.join(root, file);
    if (!statSync(full).isFile()) continue;
    const content = readFileSync(full);
    hash.update(`\0${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 20);
}

async function make(kind: ArtefactKind, folder: string): Promise<void> {
  await promisify(execFile)("npm", ["run", "--silent", `package:${kind}`, "--", "--to", folder], {
    cwd: root,
    env: {
      ...process.env,
      NODE_OPTIONS: "",
      NODE_TEST_CONTEXT: undefined,
      ...(kind === "deb" ? { HARBINGER_EXECUTABLE: await artefact("executable") } : {}),
    },
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Why the single executable cannot be made or run here, or `undefined`. */
export function whyNoExecutable(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return "the executable is for Linux on x64";
  return findProgram("strip") === undefined ? "strip of the GNU binutils is not installed" : undefined;
}
