import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { openForAppending } from "./private-files.ts";
import { PrivateLogFile } from "./private-log-file.ts";

const posix = process.platform === "win32" ? { skip: "Windows has no file modes" } : {};
const asRoot = process.getuid?.() === 0 ? {} : { skip: "only root can give a link to another user" };

describe("a log file", () => {
  let folder = "";
  let now = 0;
  let errors: unknown[] = [];
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-test-"));
    now = 0;
    errors = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function logAt(name: string): { readonly log: PrivateLogFile; readonly file: string } {
    const file = path.join(folder, name);
    const log = new PrivateLogFile({
      path: file,
      clock: { monotonic: () => now },
      onError: (error) => errors.push(error),
    });
    return { log, file };
  }

  test("is created private, in a folder that is created too", posix, () => {
    const { log, file } = logAt("logs/harbinger.log");
    log.write("one\n");
    log[Symbol.dispose]();
    assert.equal(readFileSync(file, "utf8"), "one\n");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(path.dirname(file)).mode & 0o777, 0o700);
    assert.deepEqual(errors, []);
  });

  test("has complete lines again after one that did not fit", posix, () => {
    const { log, file } = logAt("pipe");
    execFileSync("mkfifo", [file]);
    const reader = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    log.write(`${"x".repeat(200_000)}\n`);
    assert.equal(errors.length, 1);
    const buffer = Buffer.alloc(300_000);
    readSync(reader, buffer);
    log.write("next\n");
    log.write("last\n");
    const read = readSync(reader, buffer);
    assert.equal(buffer.toString("latin1", 0, read), "\nnext\nlast\n");
    closeSync(reader);
    log[Symbol.dispose]();
  });

  test("reports the number of lost lines as soon as it can be written again", posix, () => {
    const reported: string[] = [];
    const file = path.join(folder, "harbinger.log");
    const log = new PrivateLogFile({
      path: file,
      clock: { monotonic: () => now },
      onError: () => reported.push("lost"),
      onWorking: (lost) => reported.push(`${lost} were lost`),
    });
    mkdirSync(file);
    for (const line of ["a\n", "b\n"]) log.write(line);
    rmSync(file, { recursive: true });
    for (const line of ["c\n", "d\n"]) log.write(line);
    log[Symbol.dispose]();
    assert.deepEqual(reported, ["lost", "lost", "2 were lost"]);
    assert.equal(readFileSync(file, "utf8"), "c\nd\n");
  });

  test("that exists keeps its mode and content", posix, () => {
    const { log, file } = logAt("harbinger.log");
    writeFileSync(file, "before\n");
    chmodSync(file, 0o644);
    log.write("after\n");
    log[Symbol.dispose]();
    assert.equal(readFileSync(file, "utf8"), "before\nafter\n");
    assert.equal(statSync(file).mode & 0o777, 0o644);
  });

  test("that the owner replaced by a link is followed, and its target keeps its mode", posix, () => {
    const { log, file } = logAt("harbinger.log");
    const target = path.join(folder, "target");
    writeFileSync(target, "");
    chmodSync(target, 0o666);
    symlinkSync(target, file);
    log.write("one\n");
    log[Symbol.dispose]();
    assert.equal(readFileSync(target, "utf8"), "one\n");
    assert.equal(statSync(target).mode & 0o777, 0o666);
  });

  test("behind a dangling link of the owner is created private", posix, () => {
    const target = path.join(folder, "target");
    symlinkSync(target, path.join(folder, "link"));
    const { log } = logAt("link");
    log.write("one\n");
    log[Symbol.dispose]();
    assert.equal(statSync(target).mode & 0o777, 0o600);
  });

  test("is not written through another user's link", asRoot, () => {
    const victim = path.join(folder, "victim");
    writeFileSync(victim, "mine\n");
    for (const target of [victim, path.join(folder, "nothing")]) {
      const { log, file } = logAt(`link-to-${path.basename(target)}`);
      symlinkSync(target, file);
      lchownSync(file, 1000, 1000);
      log.write("one\n");
      log[Symbol.dispose]();
      assert.match(String(errors.pop()), /is a symbolic link that another user made \(user id 1000\)/);
      assert.throws(() => openForAppending(file), /another user/);
    }
    assert.equal(readFileSync(victim, "utf8"), "mine\n");
    assert.equal(existsSync(path.join(folder, "nothing")), false);
  });

  test("that was deleted or renamed is created again within a second", () => {
    const { log, file } = logAt("harbinger.log");
    log.write("one\n");
    renameSync(file, `${file}.1`);
    log.write("two\n");
    now += 1000;
    log.write("three\n");
    rmSync(file);
    now += 1000;
    log.write("four\n");
    log[Symbol.dispose]();
    assert.equal(readFileSync(`${file}.1`, "utf8"), "one\ntwo\n");
    assert.equal(readFileSync(file, "utf8"), "four\n");
    assert.deepEqual(errors, []);
  });

  test("that cannot be written loses lines, and is written again once possible", () => {
    const { log, file } = logAt("blocked/harbinger.log");
    writeFileSync(path.dirname(file), "a file, not a folder");
    log.write("lost\n");
    assert.equal(errors.length, 1);
    rmSync(path.dirname(file));
    log.write("kept\n");
    log[Symbol.dispose]();
    assert.equal(readFileSync(file, "utf8"), "kept\n");
    assert.equal(errors.length, 1);
  });
});
