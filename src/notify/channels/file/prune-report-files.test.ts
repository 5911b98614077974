import assert from "node:assert/strict";
import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { temporaryFolder } from "../../../../test/harness/cli.ts";
import { pruneReportFiles } from "./prune-report-files.ts";

const start = Date.UTC(2026, 0, 1);

function write(folder: string, name: string, { at = start, bytes = 10 } = {}): void {
  const file = path.join(folder, name);
  writeFileSync(file, "x".repeat(bytes));
  utimesSync(file, at / 1000, at / 1000);
}

const name = (number: number, ending = ".txt") => `LAN_2026010${number}_080000${ending}`;

describe("report files", () => {
  test("that are old are deleted with the files beside them, and nothing else in the folder", async () => {
    using folder = temporaryFolder();
    const others = [
      "notes.txt",
      "LAN_20260101.txt",
      "LAN_20260101_080000.txt.bak",
      "LAN_20260101_080000.pdf",
      ".LAN_20260101_080000.txt",
      "other_20260101_080000.json",
    ];
    for (const each of others) write(folder.path, each);
    mkdirSync(path.join(folder.path, "folder_20260101_080000.txt"));
    write(path.join(folder.path, "folder_20260101_080000.txt"), name(1));
    symlinkSync("/etc/hostname", path.join(folder.path, "link_20260101_080000.txt"));
    const stays = readdirSync(folder.path);
    for (const each of [name(1), name(1, ".json"), name(1, ".html"), name(1, "_2.txt")]) write(folder.path, each);
    write(folder.path, name(2), { at: start + 1000 });

    const removed = await pruneReportFiles(folder.path, { before: start + 1000 });

    assert.deepEqual(removed, { reports: 2, bytes: 40 });
    assert.deepEqual(readdirSync(folder.path).sort(), [...stays, name(2)].sort());
    assert.deepEqual(readdirSync(path.join(folder.path, "folder_20260101_080000.txt")), [name(1)]);
  });

  test("past a number, and past a size, are deleted, the oldest first", async () => {
    using folder = temporaryFolder();
    for (let number = 1; number <= 6; number++) {
      write(folder.path, name(number), { at: start + number * 1000, bytes: 100 });
      write(folder.path, name(number, ".json"), { at: start + number * 1000, bytes: 50 });
    }
    assert.deepEqual(await pruneReportFiles(folder.path, {}), { reports: 0, bytes: 0 });
    assert.deepEqual(await pruneReportFiles(folder.path, { atMost: 6, maxBytes: 900 }), { reports: 0, bytes: 0 });
    assert.deepEqual(await pruneReportFiles(folder.path, { atMost: 5 }), { reports: 1, bytes: 150 });
    assert.deepEqual(await pruneReportFiles(folder.path, { maxBytes: 500 }), { reports: 2, bytes: 300 });
    assert.deepEqual(
      readdirSync(folder.path).filter((each) => each.endsWith(".txt")),
      [name(4), name(5), name(6)],
    );
  });

  test("in a folder that does not exist are none", async () => {
    using folder = temporaryFolder();
    const missing = path.join(folder.path, "missing");
    assert.deepEqual(await pruneReportFiles(missing, { before: start }), { reports: 0, bytes: 0 });
  });
});
