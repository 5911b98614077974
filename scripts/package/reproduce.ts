/**
 * Makes artefacts twice, the second time from a copy in another folder, with another clock, time zone, umask and language, and
 * fails if a byte differs: `npm run package:reproduce [-- PART...]`, by default all but the image.
 */
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { parseArgs, promisify } from "node:util";
import { knownParts, makePart } from "./parts.ts";
import { projectRoot, readProject } from "./project.ts";

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.filter((name) => !knownParts().some((part) => part === name));
if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(", ")}. There are: ${knownParts().join(", ")}`);
const parts = knownParts().filter((part) => (positionals.length === 0 ? part !== "image" : positionals.includes(part)));

mkdirSync(path.join(projectRoot, "dist"), { recursive: true });
const work = mkdtempSync(path.join(projectRoot, "dist", ".reproduce-"));
try {
  const here = path.join(work, "here");
  const there = path.join(work, "there");
  const copy = await copyProject(path.join(work, "a", "copy of the project"));
  const date = String(readProject().sourceDate);
  for (const part of parts) {
    await makePart(part, { to: here, environment: { SOURCE_DATE_EPOCH: date } });
    await makePart(part, {
      to: there,
      root: copy,
      environment: { SOURCE_DATE_EPOCH: date, TZ: "Pacific/Auckland", LC_ALL: "C" },
      under: ["sh", "-c", `umask 077; exec ${clock()}"$@"`, "sh"],
    });
  }
  process.exitCode = compare(here, there) ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The same files; packages are linked, which needs no space. */
async function copyProject(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const options = { cwd: projectRoot, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 } as const;
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], options);
  const names = list.split("\0").filter((name) => name !== "");
  const tar = `tar --create --null --files-from=- --ignore-failed-read | tar --extract --touch --directory "$1"`;
  const copying = promisify(execFile)("sh", ["-c", tar, "sh", folder], options);
  copying.child.stdin?.end(names.join("\0"));
  await copying;
  const modules = path.join(projectRoot, "node_modules");
  await promisify(execFile)("cp", ["--archive", "--link", modules, path.join(folder, "node_modules")]);
  return folder;
}

function clock(): string {
  try {
    execFileSync("faketime", ["--version"], { stdio: "ignore" });
    return "faketime -f '+400d' ";
  } catch {
    process.stderr.write("faketime is not installed: both are made at nearly the same time.\n");
    return "";
  }
}

function compare(here: string, there: string): boolean {
  const files = [...new Set([...readdirSync(here), ...readdirSync(there)])].sort();
  let isSame = true;
  for (const file of files) {
    const [one, other] = [here, there].map((folder) => sumOf(path.join(folder, file)));
    process.stdout.write(one === other ? `same     ${file}  ${one}\n` : `DIFFERS  ${file}  ${one}  ${other}\n`);
    isSame &&= one === other;
  }
  return isSame;
}

function sumOf(file: string): string {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("hex");
  } catch {
    return "missing";
  }
}
