import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { programName, shellWord } from "./program-name.ts";

const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "harbinger-name-")));
after(() => rmSync(folder, { recursive: true, force: true }));

function launcherIn(place: string): string {
  const file = path.join(folder, place, "bin", "harbinger.js");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, "");
  return file;
}

describe("programName", () => {
  const checkout = launcherIn("checkout");

  test("is the launcher's path in a checkout, short if the working directory is in it", () => {
    const start = { script: checkout, searchPath: "/usr/bin" };
    assert.equal(programName({ ...start, directory: path.join(folder, "checkout") }), "node bin/harbinger.js");
    assert.equal(programName({ ...start, directory: os.tmpdir() }), `node ${path.relative(os.tmpdir(), checkout)}`);
    assert.equal(programName({ ...start, directory: path.join(folder, "elsewhere") }), `node ${checkout}`);
  });

  test("is harbinger if the search path leads to this launcher, not if it leads to another one", {
    skip: process.platform === "win32",
  }, () => {
    for (const name of ["own", "other"]) mkdirSync(path.join(folder, name));
    symlinkSync(checkout, path.join(folder, "own", "harbinger"));
    symlinkSync(launcherIn("second"), path.join(folder, "other", "harbinger"));
    const start = { script: path.join(folder, "own", "harbinger"), directory: folder };
    assert.equal(programName({ ...start, searchPath: `/usr/bin:${path.join(folder, "own")}` }), "harbinger");
    assert.equal(programName({ ...start, searchPath: path.join(folder, "other") }), "node checkout/bin/harbinger.js");
  });

  test("is npx harbinger if the package is installed in a folder", () => {
    const script = launcherIn("project/node_modules/harbinger");
    const bin = path.join(folder, "project", "node_modules", ".bin");
    assert.equal(
      programName({ script, directory: path.join(folder, "project"), searchPath: `${bin}:/usr/bin` }),
      "npx harbinger",
    );
  });

  test("is the path of the single executable, quoted for a shell", { skip: process.platform === "win32" }, () => {
    const script = path.join(folder, "harbinger-1.0.0-linux-x64");
    writeFileSync(script, "");
    const start = { script, isExecutable: true, searchPath: "/usr/bin" };
    assert.equal(programName({ ...start, directory: folder }), "./harbinger-1.0.0-linux-x64");
    assert.equal(programName({ ...start, directory: path.join(folder, "elsewhere") }), script);
  });
});

describe("shellWord", () => {
  test("puts quotes where a shell needs them", () => {
    assert.equal(shellWord("/etc/harbinger.yaml"), "/etc/harbinger.yaml");
    assert.equal(shellWord("it's mine.yaml"), "'it'\\''s mine.yaml'");
  });
});
