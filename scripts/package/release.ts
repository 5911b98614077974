/**
 * Makes everything that is published for a version, in dist/packages: `npm run package:release [-- --without PART]`, for example
 * `--without image` if its base cannot be fetched. It publishes nothing. See CONTRIBUTING.md.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../../src/core/errors.ts";
import { sizeText } from "../../src/core/size-text.ts";
import { findProgram } from "../../src/platform/programs.ts";
import { audit } from "./audit.ts";
import { sectionOf } from "./changelog.ts";
import { knownParts, makePart } from "./parts.ts";
import { packagesFolder, projectRoot, readProject } from "./project.ts";

process.exitCode = await release();

async function release(): Promise<number> {
  const { values } = parseArgs({ options: { without: { type: "string", multiple: true, default: [] } } });
  const { version, sourceDate } = readProject();
  const notes = sectionOf(version, readFileSync(path.join(projectRoot, "CHANGELOG.md"), "utf8"));
  const refusal = whyNot(version, notes) ?? (await auditFindings());
  if (refusal !== undefined || notes === undefined) {
    process.stderr.write(`${refusal}\n`);
    return 1;
  }
  mkdirSync(path.dirname(packagesFolder), { recursive: true });
  const made = mkdtempSync(path.join(path.dirname(packagesFolder), ".release-"));
  try {
    for (const part of knownParts().filter((name) => !values.without.includes(name))) {
      if (part === "image" && !["podman", "docker"].some((engine) => findProgram(engine) !== undefined)) {
        print("Without podman and docker there is no container image in this release.");
        continue;
      }
      print(`Making: ${part}`);
      await makePart(part, { to: made, environment: { SOURCE_DATE_EPOCH: String(sourceDate) } });
    }
    writeFileSync(path.join(made, "RELEASE_NOTES.md"), notes);
    writeFileSync(path.join(made, "SHA256SUMS"), sums(made));
    rmSync(packagesFolder, { recursive: true, force: true });
    renameSync(made, packagesFolder);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\nNothing was released; ${packagesFolder} is as it was.\n`);
    return 1;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  for (const file of readdirSync(packagesFolder).sort()) {
    const place = path.join(packagesFolder, file);
    process.stdout.write(`${path.relative(projectRoot, place).padEnd(56)} ${sizeText(statSync(place).size)}\n`);
  }
  return 0;
}

function whyNot(version: string, notes: string | undefined): string | undefined {
  const changed = execFileSync("git", ["status", "--porcelain"], { cwd: projectRoot, encoding: "utf8" }).trimEnd();
  if (changed !== "")
    return `The checkout has changes that are not committed, so a release could not be made again:\n${changed}`;
  if (notes !== undefined) return undefined;
  return `CHANGELOG.md has no version ${version}. Add a heading "## [${version}] - DATE" above its changes.`;
}

async function auditFindings(): Promise<string | undefined> {
  const outcome = await audit();
  switch (outcome.kind) {
    case "clean":
      return undefined;
    case "unavailable":
      print(`Not checked for known faults of packages, because this registry does not tell them: ${outcome.reason}`);
      return undefined;
    case "findings":
      return `Packages have known faults. Update them, or say in scripts/package/audit.ts why they do not matter:\n${outcome.findings.join("\n")}`;
  }
}

/** As `sha256sum --check` reads it. */
function sums(folder: string): string {
  const lines = readdirSync(folder)
    .sort()
    .map(
      (file) =>
        `${createHash("sha256")
          .update(readFileSync(path.join(folder, file)))
          .digest("hex")}  ${file}\n`,
    );
  return lines.join("");
}

function print(text: string): void {
  process.stderr.write(`${text}\n`);
}
