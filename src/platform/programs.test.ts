import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { findProgram } from "./programs.ts";

const posix = process.platform === "win32" ? { skip: "file modes mean nothing on Windows" } : {};

function folderWith(t: TestContext, files: Readonly<Record<string, number>>): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, mode] of Object.entries(files)) {
    writeFileSync(path.join(folder, name), "#!/bin/sh\n");
    chmodSync(path.join(folder, name), mode);
  }
  return folder;
}

test("a program is found in the folders of the search path, in their order", posix, (t) => {
  const first = folderWith(t, { other: 0o755 });
  const second = folderWith(t, { tool: 0o755 });
  const third = folderWith(t, { tool: 0o755 });
  const searchPath = [first, second, third].join(path.delimiter);
  assert.equal(findProgram("tool", searchPath), path.join(second, "tool"));
  assert.equal(findProgram("none", searchPath), undefined);
});

test("a file that cannot be executed is skipped", posix, (t) => {
  const first = folderWith(t, { tool: 0o644 });
  mkdirSync(path.join(first, "folder"));
  const second = folderWith(t, { tool: 0o755, folder: 0o755 });
  const searchPath = [first, second].join(path.delimiter);
  assert.equal(findProgram("tool", searchPath), path.join(second, "tool"));
  assert.equal(findProgram("folder", searchPath), path.join(second, "folder"));
});

test("a symbolic link is followed, and a dangling one is skipped", posix, (t) => {
  const folder = folderWith(t, { tool: 0o755 });
  symlinkSync("tool", path.join(folder, "link"));
  symlinkSync("gone", path.join(folder, "dangling"));
  assert.equal(findProgram("link", folder), path.join(folder, "link"));
  assert.equal(findProgram("dangling", folder), undefined);
});

test("a name that contains a folder is not searched for", posix, (t) => {
  const folder = folderWith(t, { tool: 0o755 });
  assert.equal(findProgram(path.join(folder, "tool"), ""), path.join(folder, "tool"));
  assert.equal(findProgram("./tool", folder), undefined);
});

test("an empty name is not a program", () => {
  assert.equal(findProgram(""), undefined);
});

test("without a PATH the usual folders are searched", posix, (t) => {
  const before = process.env["PATH"];
  t.after(() => {
    process.env["PATH"] = before;
  });
  delete process.env["PATH"];
  assert.ok(findProgram("sh") !== undefined);
});
