import assert from "node:assert/strict";
import {
  appendFileSync,
  lchownSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { temporaryFolder } from "../../test/harness/cli.ts";
import { smallDisk } from "../../test/harness/small-disk.ts";
import { ManualClock } from "../../test/notify/manual-clock.ts";
import type { Log, LogFields } from "../core/log.ts";
import { LineFile } from "./line-file.ts";

/** A file in `folder`, its clock, and its warnings. */
class Scene {
  readonly clock = new ManualClock();
  readonly complaints: string[] = [];
  readonly path: string;
  readonly file: LineFile;
  lost = 0;

  constructor(folder: string, maxBytes?: number) {
    this.path = path.join(folder, "connections.jsonl");
    const log: Log = {
      debug() {},
      info() {},
      warn: (message, fields) => this.#keep(message, fields),
      error: (message, fields) => this.#keep(message, fields),
    };
    this.file = new LineFile({
      path: this.path,
      clock: this.clock,
      log,
      content: "connections",
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
  }

  get text(): string {
    return readFileSync(this.path, "utf8");
  }

  /** Lets time pass until `condition` is true. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      this.clock.advance(100);
      await nextTurn();
    }
  }

  async waitForText(text: string): Promise<void> {
    await this.until(() => statSync(this.path, { throwIfNoEntry: false })?.isFile() === true && this.text === text);
  }

  #keep(message: string, fields: LogFields = {}): void {
    this.complaints.push(message);
    if (typeof fields["lost"] === "number") this.lost += fields["lost"];
  }
}

/** Empty if there is no such file. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

describe("a file of lines", () => {
  test("is appended to, private to its owner, and the rest is written at shutdown", async () => {
    using folder = temporaryFolder();
    const { file, ...scene } = new Scene(folder.path);
    file.add("one");
    file.add("two ü");
    await file.stop();
    const { file: again, path: name } = new Scene(folder.path);
    again.add("three");
    await again.stop();
    assert.equal(readFileSync(name, "utf8"), "one\ntwo ü\nthree\n");
    if (process.platform !== "win32") assert.equal(statSync(name).mode & 0o777, 0o600);
    assert.deepEqual(scene.complaints, []);
  });

  test("that a crash left with half a line continues below it", async () => {
    using folder = temporaryFolder();
    const { file, path: name } = new Scene(folder.path);
    writeFileSync(name, "one\ntw");
    file.add("three");
    await file.stop();
    assert.equal(readFileSync(name, "utf8"), "one\ntw\nthree\n");
  });

  test("may be renamed, removed or truncated: the next lines are in the file at its path", async () => {
    using folder = temporaryFolder();
    const scene = new Scene(folder.path);
    scene.file.add("one");
    await scene.waitForText("one\n");
    renameSync(scene.path, `${scene.path}.1`);
    scene.file.add("two");
    await scene.waitForText("two\n");
    assert.equal(readFileSync(`${scene.path}.1`, "utf8"), "one\n");
    rmSync(scene.path);
    scene.file.add("three");
    await scene.waitForText("three\n");
    writeFileSync(scene.path, "");
    scene.file.add("four");
    await scene.waitForText("four\n");
    appendFileSync(scene.path, "somebody else\n");
    scene.file.add("five");
    await scene.waitForText("four\nsomebody else\nfive\n");
    await scene.file.stop();
  });

  test("that cannot be written is reported once, and written when possible", async () => {
    using folder = temporaryFolder();
    const scene = new Scene(folder.path);
    // A folder in its place stops root as well.
    mkdirSync(scene.path);
    scene.file.add("one");
    await scene.until(() => scene.complaints.length === 1);
    scene.file.add("two");
    const begin = scene.clock.now();
    await scene.until(() => scene.clock.now() > begin + 60_000);
    assert.match(scene.complaints.join(), /^connections cannot be written to their file/);
    rmSync(scene.path, { recursive: true });
    await scene.waitForText("one\ntwo\n");
    await scene.until(() => scene.complaints.length === 2);
    await scene.file.stop();
  });

  test("on a full disk loses lines past a limit, counts them, and keeps the others complete once there is room", async (t) => {
    using folder = temporaryFolder();
    using disk = smallDisk(t, folder.path);
    if (disk === undefined) return;
    const scene = new Scene(disk.path);
    const count = 10_000;
    disk.fill();
    for (let number = 0; number < count; number++) scene.file.add(`${number} ${"x".repeat(1000)} end`);
    await scene.until(() => scene.complaints.length === 1);
    // It is larger than the disk: it is moved away repeatedly, as by logrotate.
    disk.empty();
    const aside = `${scene.path}.1`;
    let taken = "";
    const take = () => {
      const isWritten = statSync(scene.path, { throwIfNoEntry: false }) !== undefined;
      const isAside = statSync(aside, { throwIfNoEntry: false }) !== undefined;
      if (isWritten && isAside) {
        taken += readFileSync(aside, "utf8");
        rmSync(aside);
      } else if (isWritten) renameSync(scene.path, aside);
    };
    await scene.until(() => {
      take();
      return scene.lost > 0;
    });
    const kept = count - scene.lost;
    assert.ok(kept > 7000, `${kept} kept`);
    await scene.until(() => {
      take();
      return (taken + contentOf(aside) + contentOf(scene.path)).includes(`${kept - 1} `);
    });
    await scene.file.stop();
    taken += contentOf(aside) + contentOf(scene.path);
    const whole = taken.split("\n").filter((line) => line.endsWith(" end"));
    assert.deepEqual(
      whole.map((line) => Number(line.split(" ")[0])),
      Array.from({ length: kept }, (_, number) => number),
    );
  });

  test("with a limit becomes FILE.1 at half of it; the oldest lines are deleted first, and none is split", async () => {
    using folder = temporaryFolder();
    const maxBytes = 1_000_000;
    const scene = new Scene(folder.path, maxBytes);
    const line = (number: number) => `${number} ${"x".repeat(990)}`;
    for (let number = 0; number < 3000; number++) {
      scene.file.add(line(number));
      if (number % 200 === 199) await scene.until(() => contentOf(scene.path).endsWith(`${line(number)}\n`));
    }
    await scene.file.stop();
    const kept = contentOf(`${scene.path}.1`) + contentOf(scene.path);
    assert.ok(kept.length <= maxBytes && kept.length > maxBytes / 2, `${kept.length} bytes`);
    const first = Number(kept.split(" ", 1)[0]);
    assert.equal(kept, Array.from({ length: 3000 - first }, (_, index) => `${line(first + index)}\n`).join(""));
    assert.deepEqual(scene.complaints, []);
  });

  test("behind a symbolic link is rotated in the folder of its target", {
    skip: process.platform === "win32",
  }, async () => {
    using folder = temporaryFolder();
    const scene = new Scene(folder.path, 1_000_000);
    const target = path.join(folder.path, "target");
    writeFileSync(target, "x".repeat(600_000));
    symlinkSync(target, scene.path);
    scene.file.add("one");
    await scene.file.stop();
    assert.equal(readFileSync(target, "utf8"), "one\n");
    assert.equal(statSync(`${target}.1`).size, 600_001);
  });

  test("is not written through another user's link, but is again once the link is gone", {
    skip: process.getuid?.() === 0 ? false : "only root can give a link to another user",
  }, async () => {
    using folder = temporaryFolder();
    const scene = new Scene(folder.path);
    const victim = path.join(folder.path, "victim");
    writeFileSync(victim, "");
    symlinkSync(victim, scene.path);
    lchownSync(scene.path, 1000, 1000);
    scene.file.add("one");
    await scene.until(() => scene.complaints.length > 0);
    assert.match(scene.complaints.join(), /^connections cannot be written to their file/);
    assert.equal(readFileSync(victim, "utf8"), "");
    rmSync(scene.path);
    await scene.waitForText("one\n");
    await scene.file.stop();
  });

  test("can be closed although it cannot be written, and reports the number of lost lines", async () => {
    using folder = temporaryFolder();
    const scene = new Scene(folder.path);
    mkdirSync(scene.path);
    scene.file.add("one");
    scene.file.add("two");
    await scene.until(() => scene.complaints.length === 1);
    await scene.file.stop();
    assert.equal(scene.complaints.length, 2);
  });
});
