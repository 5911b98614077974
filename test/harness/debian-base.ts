/**
 * The base of new Debian machines and container images, made by mmdebstrap: once a day for each list of packages,
 * for all test files.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { lockFile } from "../../src/platform/file-lock.ts";
import { ensureFolder, isOwnFolder } from "../../src/platform/private-files.ts";
import { findProgram } from "../../src/platform/programs.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { hangLimitMs } from "./hang-limit.ts";
import { runWell } from "./run-program.ts";

export interface DebianBaseOptions {
  /** Packages beside those of the variant `minbase`: what is essential, apt, and what they depend on. */
  readonly include?: readonly string[];
  readonly suite?: string;
}

export interface DebianBase {
  /** Names the suite, the packages and the day. */
  readonly name: string;
  /** The file system as a tar archive, for `podman import`. */
  readonly archive: string;
  /** The same, unpacked. It is shared: only for reading. */
  readonly tree: string;
}

/** Why no Debian file system can be made here, or `undefined`. */
export function whyNoDebianBase(): string | undefined {
  if (process.platform !== "linux") return "Debian file systems are made on Linux only";
  if (process.getuid?.() !== 0) return "making a Debian file system needs root";
  return findProgram("mmdebstrap") === undefined ? "mmdebstrap is not installed" : undefined;
}

/** mmdebstrap takes half a minute alone, and minutes beside other tests. */
const timeoutMs = hangLimitMs;
const dayMs = 86_400_000;

/** Makes the file system, or waits for the process that does. */
export async function debianBase(options: DebianBaseOptions = {}): Promise<DebianBase> {
  const { suite = "bookworm" } = options;
  const include = [...new Set(options.include ?? [])].sort();
  const folder = cacheFolder();
  const day = new Date().toISOString().slice(0, 10);
  const kind = createHash("sha256").update(include.join(",")).digest("hex").slice(0, 12);
  const name = `${suite}-${kind}-${day}`;
  const base: DebianBase = {
    name,
    archive: path.join(folder, name, "root.tar"),
    tree: path.join(folder, name, "tree"),
  };
  using lock = await lockFile(path.join(folder, `${suite}-${kind}.lock`), { clock: systemClock, timeoutMs });
  if (lock === undefined) throw new Error(`another process has been making ${name} for too long`);
  if (!existsSync(path.join(folder, name))) {
    removeOlder(folder, `${suite}-${kind}-`);
    await make(path.join(folder, name), suite, include);
  }
  return base;
}

function cacheFolder(): string {
  const cache = process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache");
  const folder = path.join(cache, "harbinger-tests", "debian");
  ensureFolder(folder);
  if (!isOwnFolder(folder)) throw new Error(`${folder} belongs to another user`);
  return folder;
}

/** It gets its name once it is complete: an unfinished one is not used. */
async function make(folder: string, suite: string, include: readonly string[]): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const tree = path.join(unfinished, "tree");
  const archive = path.join(unfinished, "root.tar");
  mkdirSync(tree, { recursive: true });
  const packages = include.length === 0 ? [] : [`--include=${include.join(",")}`];
  // Manuals and translations are a quarter of the size, and no test reads those of Debian.
  const without = ["man", "info", "locale"].map((name) => `path-exclude=/usr/share/${name}/*`);
  const options = [...without, "force-unsafe-io"].map((option) => `--dpkgopt=${option}`);
  await runWell("mmdebstrap", ["--quiet", "--variant=minbase", ...packages, ...options, suite, archive], {
    limitMs: timeoutMs,
  });
  await runWell("tar", ["--extract", "--numeric-owner", "--file", archive, "--directory", tree]);
  renameSync(unfinished, folder);
}

/** Those of yesterday may be in use by a run that began before midnight. */
function removeOlder(folder: string, start: string): void {
  for (const name of readdirSync(folder)) {
    const old = path.join(folder, name);
    if (!name.startsWith(start) || Date.now() - statSync(old).mtimeMs < 2 * dayMs) continue;
    rmSync(old, { recursive: true, force: true });
  }
}
