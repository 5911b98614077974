import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { systemCode } from "../core/errors.ts";
import { readFileNow, readStart } from "./read-file-now.ts";

const posix = { skip: process.platform === "win32" && "Windows has no such files" };
const hasNoEnd = { skip: !existsSync("/dev/zero") && "the system has no /dev/zero" };

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-read-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("a file is read completely, and a longer one up to the limit", async (t) => {
  const file = path.join(folderFor(t), "file");
  const content = Buffer.alloc(200_000, "0123456789abc");
  writeFileSync(file, content);
  for (const limit of [1, 65_536, 199_999, 200_000, 200_001]) {
    assert.deepEqual(Buffer.from(await readFileNow(file, limit)), content.subarray(0, limit));
    assert.deepEqual(Buffer.from(readStart(file, limit)), content.subarray(0, limit));
  }
});

test("an endless device is read up to the limit", hasNoEnd, async () => {
  assert.equal((await readFileNow("/dev/zero", 100_000)).length, 100_000);
  assert.equal(readStart("/dev/zero", 100_000).length, 100_000);
});

test("a named pipe without a writer is empty", posix, async (t) => {
  const pipe = path.join(folderFor(t), "pipe");
  execFileSync("mkfifo", [pipe]);
  assert.equal((await readFileNow(pipe, 10)).length, 0);
  assert.equal(readStart(pipe, 10, "now").length, 0);
});

test("an unreadable file is the system's error", posix, async (t) => {
  const folder = folderFor(t);
  const withCode = (code: string) => (error: unknown) => systemCode(error) === code;
  await assert.rejects(readFileNow(folder, 10), withCode("EISDIR"));
  assert.throws(() => readStart(folder, 10), withCode("EISDIR"));
  await assert.rejects(readFileNow(path.join(folder, "none"), 10), withCode("ENOENT"));
  assert.throws(() => readStart(path.join(folder, "none"), 10), withCode("ENOENT"));
});
