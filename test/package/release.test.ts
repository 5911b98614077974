import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { outcomeOf } from "../../scripts/package/audit.ts";
import { sectionOf } from "../../scripts/package/changelog.ts";
import { projectRoot } from "../../scripts/package/project.ts";
import { temporaryFolder } from "../harness/cli.ts";

describe("the changelog's part of a version", () => {
  const changelog =
    "# Changelog\n\n## [Unreleased]\n\n## [1.10.0] - 2026-11-29\n\n### Added\n- This.\n\n## [1.1.0]\n- That.\n";

  test("is the text under its heading", () => {
    assert.equal(sectionOf("1.10.0", changelog), "### Added\n- This.\n");
    assert.equal(sectionOf("1.1.0", changelog), "- That.\n");
  });

  test("is missing without such a heading, or without text under it", () => {
    assert.equal(sectionOf("1.1", changelog), undefined);
    assert.equal(sectionOf("Unreleased", changelog), undefined);
  });
});

describe("the answer of npm audit", () => {
  test("is clean, a list of findings, or undefined if the registry does not answer", () => {
    assert.deepEqual(outcomeOf('{"vulnerabilities":{}}'), { kind: "clean" });
    assert.deepEqual(outcomeOf('{"message":"405 Method Not Allowed","statusCode":405}'), {
      kind: "unavailable",
      reason: "405 Method Not Allowed",
    });
    assert.equal(outcomeOf("<html>").kind, "unavailable");
    const via = [{ title: "Bad thing", url: "https://github.com/advisories/GHSA-1" }, "other-package"];
    const report = JSON.stringify({ vulnerabilities: { some: { name: "some", severity: "high", via } } });
    const findings = ["some (high): Bad thing https://github.com/advisories/GHSA-1"];
    assert.deepEqual(outcomeOf(report), { kind: "findings", findings });
  });
});

/** A project with the scripts of this one, in one commit. */
function project(folder: string, changelog: string): void {
  mkdirSync(path.join(folder, "src"));
  cpSync(path.join(projectRoot, "scripts", "package"), path.join(folder, "scripts", "package"), { recursive: true });
  for (const name of ["core", "platform"])
    cpSync(path.join(projectRoot, "src", name), path.join(folder, "src", name), { recursive: true });
  symlinkSync(path.join(projectRoot, "node_modules"), path.join(folder, "node_modules"));
  writeFileSync(path.join(folder, "package.json"), '{ "version": "1.2.3", "type": "module", "scripts": {} }');
  writeFileSync(path.join(folder, "CHANGELOG.md"), changelog);
  const git = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
  for (const words of [
    ["init", "-q"],
    ["add", "."],
    [...git, "commit", "-qm", "All"],
  ]) {
    assert.equal(spawnSync("git", words, { cwd: folder }).status, 0);
  }
}

describe("a release", () => {
  const release = (folder: string) =>
    spawnSync(process.execPath, ["scripts/package/release.ts"], { cwd: folder, encoding: "utf8" });

  test("is rejected if the changelog does not have the version", () => {
    using folder = temporaryFolder();
    project(folder.path, "## [Unreleased]\n- New.\n");
    const { status, stderr } = release(folder.path);
    assert.equal(status, 1);
    assert.match(stderr, /^CHANGELOG\.md has no version 1\.2\.3\. Add a heading/);
  });

  test("is rejected if something is not committed", () => {
    using folder = temporaryFolder();
    project(folder.path, "## [1.2.3]\n- New.\n");
    writeFileSync(path.join(folder.path, "new-file"), "");
    const { status, stderr } = release(folder.path);
    assert.equal(status, 1);
    assert.match(stderr, /not committed[\s\S]*\?\? new-file/);
  });
});
