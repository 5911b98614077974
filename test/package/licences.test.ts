import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { licenceFaults } from "../../scripts/licences/faults.ts";
import { temporaryFolder } from "../harness/cli.ts";

const root = path.join(import.meta.dirname, "..", "..");

/** A project that depends on one package, in package-lock.json and the package itself. */
function project(folder: string, locked: Record<string, unknown>, license: unknown = locked["license"]): string {
  const packages = {
    "": { license: "GPL-3.0-or-later" },
    "node_modules/some-package": { version: "1.2.3", ...locked },
  };
  writeFileSync(path.join(folder, "package-lock.json"), JSON.stringify({ packages }));
  const installed = path.join(folder, "node_modules", "some-package");
  mkdirSync(installed, { recursive: true });
  writeFileSync(path.join(installed, "package.json"), JSON.stringify({ license }));
  return folder;
}

describe("the check of licences", () => {
  test("passes for what this project ships", () => {
    assert.deepEqual(licenceFaults(root), []);
  });

  test("fails for a licence that is incompatible or not on the list", () => {
    for (const license of [
      "BUSL-1.1",
      "SSPL-1.0",
      "GPL-2.0-only",
      "SEE LICENSE IN EULA.txt",
      "UNLICENSED",
      "MIT AND SSPL-1.0",
    ]) {
      using folder = temporaryFolder();
      const [fault, ...others] = licenceFaults(project(folder.path, { license }));
      assert.equal(others.length, 0);
      assert.ok(fault?.includes(`some-package 1.2.3: the licence ${license} is not in`), fault);
    }
  });

  test("accepts one of several alternative licences", () => {
    using folder = temporaryFolder();
    assert.deepEqual(licenceFaults(project(folder.path, { license: "(SSPL-1.0 OR MIT)" })), []);
  });

  test("fails if no licence is named, and if the package itself names another one", () => {
    using unnamed = temporaryFolder();
    assert.match(
      licenceFaults(project(unnamed.path, {})).join(),
      /^some-package 1\.2\.3: package-lock\.json names no licence$/,
    );
    using other = temporaryFolder();
    const faults = licenceFaults(project(other.path, { license: "MIT" }, "SSPL-1.0"));
    assert.deepEqual(faults, ['some-package 1.2.3: package-lock.json says MIT, the installed package "SSPL-1.0"']);
  });

  test("does not check development tools, which are not distributed", () => {
    using folder = temporaryFolder();
    assert.deepEqual(licenceFaults(project(folder.path, { license: "SSPL-1.0", dev: true })), []);
  });

  test("ends with status 1 and the reason on standard error", () => {
    using folder = temporaryFolder();
    const script = path.join(root, "scripts", "check-licences.ts");
    const bad = project(folder.path, { license: "SSPL-1.0" });
    const run = spawnSync(process.execPath, [script, "--root", bad], { encoding: "utf8" });
    assert.equal(run.status, 1);
    assert.match(run.stderr, /^some-package 1\.2\.3: the licence SSPL-1\.0 is not in scripts\/licences\/allowed\.ts/);
    assert.equal(spawnSync(process.execPath, [script]).status, 0);
  });
});
