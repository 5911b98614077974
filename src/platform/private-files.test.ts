import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { HarbingerError, systemCode } from "../core/errors.ts";
import { ensureFolder, followOwnLinks } from "./private-files.ts";

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-private-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const withCode = (code: string) => (error: unknown) => systemCode(error) === code;
const posix = { skip: process.platform === "win32" && "Windows has no modes and links without rights" };

test("a folder and missing parents are created private; an existing one keeps its mode", posix, (t) => {
  const folder = folderFor(t);
  mkdirSync(path.join(folder, "open"));
  chmodSync(path.join(folder, "open"), 0o755);
  ensureFolder(path.join(folder, "open", "a", "b"));
  ensureFolder(path.join(folder, "open", "a", "b"));
  ensureFolder(`${path.join(folder, "open", "a", "..", "c")}${path.sep}`);
  const modes = ["open", "open/a", "open/a/b", "open/c"].map((name) => statSync(path.join(folder, name)).mode & 0o777);
  assert.deepEqual(modes, [0o755, 0o700, 0o700, 0o700]);
  symlinkSync(path.join(folder, "open"), path.join(folder, "link"));
  ensureFolder(path.join(folder, "link", "d"));
  assert.ok(existsSync(path.join(folder, "open", "d")));
});

test("a file in the way and a dangling link are the system's error", posix, (t) => {
  const folder = folderFor(t);
  writeFileSync(path.join(folder, "file"), "");
  assert.throws(() => ensureFolder(path.join(folder, "file")), withCode("ENOTDIR"));
  assert.throws(() => ensureFolder(path.join(folder, "file", "below")), withCode("ENOTDIR"));
  symlinkSync(path.join(folder, "nowhere"), path.join(folder, "link"));
  assert.throws(() => ensureFolder(path.join(folder, "link")), withCode("EEXIST"));
});

test("where the system cannot create a folder, that is its error, and nothing waits forever", {
  skip: process.platform !== "linux" && "only Linux has /proc",
  timeout: 60_000,
}, () => {
  // In a separate process, which can be ended.
  const module = new URL("private-files.ts", import.meta.url).href;
  const script = `import { ensureFolder } from ${JSON.stringify(module)};
    try { ensureFolder("/proc/harbinger/logs"); } catch (error) { console.log(error.code); }`;
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
    encoding: "utf8",
    timeout: 30_000,
    killSignal: "SIGKILL",
  });
  assert.equal(output.trim(), "ENOENT");
});

test("links of this user and of root are followed to the file, step by step; those of another user are not", {
  skip: process.getuid?.() !== 0 && "needs root, to give a link to another user",
}, (t) => {
  const folder = folderFor(t);
  const at = (name: string) => path.join(folder, name);
  mkdirSync(at("in"));
  writeFileSync(at("in/file"), "");
  symlinkSync("in", at("folder"));
  symlinkSync("../one", at("in/two"));
  symlinkSync("in/file", at("one"));
  assert.equal(followOwnLinks(at("folder/two")), at("in/file"));
  assert.equal(followOwnLinks(at("missing")), at("missing"));
  lchownSync(at("one"), 10_001, 10_001);
  for (const name of ["one", "in/two"]) {
    assert.throws(
      () => followOwnLinks(at(name)),
      (error) =>
        error instanceof HarbingerError && error.code === "permission" && /another user made/.test(error.message),
    );
  }
  symlinkSync("circle", at("circle"));
  assert.throws(() => followOwnLinks(at("circle")), withCode("ELOOP"));
});
