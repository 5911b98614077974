/**
 * Runs folders of cases against this checkout: `npm run cases -- FOLDER...`. A case is a folder with a `run.sh`, which prints
 * `ok` or `PASS` for each expected result, and `BAD` or `DIFFERS` for others; the path of the checkout is in CHECKOUT. The
 * exit status is 1 if a case has any result other than `ok` and `PASS`, or none.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

const checkout = path.dirname(import.meta.dirname);
const limitMs = 300_000;
const maximumOutput = 1024 * 1024;

interface Result {
  readonly good: number;
  readonly bad: number;
  readonly output: string;
  /** Why the result is incomplete. */
  readonly problem?: string;
}

function casesIn(folder: string): string[] {
  if (existsSync(path.join(folder, "run.sh"))) return [folder];
  return readdirSync(folder)
    .sort()
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isDirectory())
    .flatMap(casesIn);
}

function run(folder: string): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn("bash", ["./run.sh"], {
      cwd: folder,
      env: { ...process.env, CHECKOUT: checkout },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    let isLate = false;
    const keep = (chunk: Buffer) => {
      if (output.length < maximumOutput) output += chunk.toString("utf8");
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const timer = setTimeout(() => {
      isLate = true;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, limitMs);
    child.on("error", (error) => resolve({ good: 0, bad: 0, output, problem: error.message }));
    child.on("close", () => {
      clearTimeout(timer);
      const lines = output.split("\n");
      const good = lines.filter((line) => /^(?:ok\b|PASS\b)/.test(line)).length;
      const bad = lines.filter((line) => /^(?:BAD\b|DIFFERS\b)/.test(line)).length;
      const late = isLate ? { problem: `not done after ${limitMs / 1000} s` } : {};
      const none = good + bad === 0 ? { problem: "no result" } : {};
      resolve({ good, bad, output, ...none, ...late });
    });
  });
}

const folders = process.argv.slice(2);
if (folders.length === 0) {
  process.stderr.write("Usage: npm run cases -- FOLDER...\n");
  process.exit(2);
}
const missing = folders.find((folder) => !existsSync(folder));
if (missing !== undefined) {
  process.stderr.write(`There is no folder ${missing}.\n`);
  process.exit(2);
}

const failed: string[] = [];
let count = 0;
for (const folder of folders.map((name) => path.resolve(name)).flatMap(casesIn)) {
  const name = path.join(path.basename(path.dirname(folder)), path.basename(folder));
  const { good, bad, output, problem } = await run(folder);
  count += 1;
  const isGood = bad === 0 && problem === undefined;
  process.stdout.write(
    `${isGood ? "ok  " : "BAD "} ${name}  (${good} of ${good + bad}${problem === undefined ? "" : `; ${problem}`})\n`,
  );
  if (isGood) continue;
  failed.push(name);
  process.stdout.write(`${output.trimEnd().replace(/^/gm, "       ")}\n`);
}
process.stdout.write(`${count} cases, ${failed.length} failed${failed.length === 0 ? "" : `: ${failed.join(", ")}`}\n`);
process.exit(failed.length === 0 && count > 0 ? 0 : 1);
