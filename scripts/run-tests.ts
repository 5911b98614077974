import { chmodSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { projectRoot } from "./package/project.ts";
import { bundlePrograms, isRunning } from "./tests/bundle-programs.ts";

/**
 * `npm test`: all tests, or those of the given files and patterns. Most of src/ runs in a few shared processes (test/together/); each
 * file of test/ has its own. The slowest files start first, because a slow one that starts last keeps one processor busy while the
 * others are idle.
 */
const slowFiles = readFileSync(path.join(import.meta.dirname, "tests", "slow-files.txt"), "utf8").split("\n");
const patterns = process.argv.slice(2);

const files =
  patterns.length > 0 ? filesOf(patterns) : filesOf(["test/together/*.ts", "test/**/*.test.ts"]).sort(slowestFirst);
if (files.length === 0) throw new Error(`no test file matches ${patterns.join(" ")}`);

if (process.env["HARBINGER_TEST_PROGRAMS"] === undefined) {
  const programs = await bundlePrograms();
  process.env["HARBINGER_TEST_PROGRAMS"] = programs.launchers;
  process.on("exit", () => programs[Symbol.dispose]());
}

const memory = memoryFolder();
if (memory !== undefined) process.env["TMPDIR"] = memory;

const events = run({
  files: files.map((file) => path.join(projectRoot, file)),
  // Most files wait half of their time: for servers to start, for packets, for the clock.
  concurrency: availableParallelism() * 2,
  // Ends a test that hangs.
  timeout: 900_000,
  execArgv: ["--import", path.join(projectRoot, "test/harness/before-tests.ts")],
});
events.on("test:fail", ({ todo }) => {
  if (todo === undefined || todo === false) process.exitCode = 1;
});
events.compose(new spec()).pipe(process.stdout);

/**
 * A temporary folder in memory where there is room. Tests make thousands of small databases, each of which waits for the disk several
 * times. The name is short, because paths of sockets have 107 bytes at most.
 */
function memoryFolder(): string | undefined {
  const place = "/dev/shm";
  const neededBytes = 8 * 2 ** 30;
  if (process.platform !== "linux" || process.env["TMPDIR"] !== undefined) return undefined;
  try {
    const { bavail, bsize } = statfsSync(place);
    if (bavail * bsize < neededBytes) return undefined;
    // Those of runs that were killed.
    for (const name of readdirSync(place)) {
      const pid = /^hb(\d+)$/.exec(name)?.[1];
      if (pid !== undefined && !isRunning(Number(pid)))
        rmSync(path.join(place, name), { recursive: true, force: true });
    }
    const folder = path.join(place, `hb${process.pid}`);
    mkdirSync(folder);
    // As /tmp: some tests run programs as other users.
    chmodSync(folder, 0o1777);
    process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
    return folder;
  } catch {
    return undefined;
  }
}

function filesOf(given: readonly string[]): string[] {
  return globSync(given, { cwd: projectRoot }).map((file) => file.split(path.sep).join("/"));
}

function slowestFirst(one: string, other: string): number {
  return rankOf(one) - rankOf(other) || (one < other ? -1 : 1);
}

function rankOf(file: string): number {
  const at = slowFiles.indexOf(file);
  return at < 0 ? slowFiles.length : at;
}
