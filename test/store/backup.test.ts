import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, type TestContext, test } from "node:test";
import { Worker } from "node:worker_threads";
import { HarbingerError } from "../../src/core/errors.ts";
import { silentLog } from "../../src/core/log.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { backupName, backupsIn, keepNewest } from "../../src/store/sqlite/backup-folder.ts";
import { readLastBackup } from "../../src/store/sqlite/backup-mark.ts";
import { type BackupOptions, backUpDatabase } from "../../src/store/sqlite/online-backup.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { smallDisk } from "../harness/small-disk.ts";
import { alert, connection, record } from "./inbound-sample.ts";
import { look, sighting, start } from "./sample.ts";

function folderFor(t: TestContext): string {
  const folder = temporaryFolder();
  t.after(() => folder[Symbol.dispose]());
  return folder.path;
}

function open(file: string) {
  return openSqliteStore({ file, clock: systemClock, log: silentLog, role: "all" });
}

/** A database with one host, one open report, and some connections. */
async function sampleDatabase(folder: string, connections = 3): Promise<string> {
  const file = path.join(folder, "harbinger.db");
  await using store = await open(file);
  await look(store, { at: start, sees: [sighting("10.0.0.1"), sighting("10.0.0.1", 80), sighting("fd00::1")] });
  const many = Array.from({ length: connections }, (_, i) =>
    connection(`c${i}`, { at: start + i, payload: new Uint8Array(randomBytes(400)) }),
  );
  await record(store, many, [alert("a", start)]);
  return file;
}

function backUp(file: string, target: string, more: Partial<BackupOptions> = {}) {
  return backUpDatabase({ file, target, force: false, now: () => Date.now(), program: "1.2.3", ...more });
}

function asError(code: string, expected: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof HarbingerError, String(error));
    assert.equal(error.code, code);
    assert.match(`${error.message}\n${error.remedy}`, expected);
    return true;
  };
}

describe("a backup", () => {
  test("is one private file that describes its content, and is noted in the database", async (t) => {
    const folder = folderFor(t);
    const file = await sampleDatabase(folder);
    const target = path.join(folder, "copy.db");
    const before = Date.now();
    const backup = await backUp(file, target);
    assert.deepEqual(
      [backup.hosts, backup.services, backup.scans, backup.connections, backup.waiting, backup.givenUp],
      [2, 3, 1, 3, 2, 0],
    );
    assert.ok(backup.at >= before && backup.at <= Date.now());
    assert.deepEqual(backup.backup, { at: backup.at, source: file, program: "1.2.3" });
    const { mode, size } = statSync(target);
    assert.deepEqual([mode & 0o777, size], [0o600, backup.bytes]);
    assert.deepEqual(readdirSync(folder).sort(), ["copy.db", "harbinger.db"]);
    using database = new DatabaseSync(file, { readOnly: true });
    assert.deepEqual(readLastBackup(database), { at: backup.at, place: target });
    using copied = new DatabaseSync(target, { readOnly: true });
    assert.equal(copied.prepare("pragma journal_mode").get()?.["journal_mode"], "delete");
  });

  test("contains one moment of a database that is being written", async (t) => {
    const folder = folderFor(t);
    const file = await sampleDatabase(folder, 20_000);
    const writer = new Worker(
      `const { workerData, parentPort } = require("node:worker_threads");
       const { DatabaseSync } = require("node:sqlite");
       const database = new DatabaseSync(workerData, { timeout: 5000 });
       database.exec("pragma synchronous = off");
       let stopped = false; parentPort.on("message", () => { stopped = true; });
       let n = 0;
       const insert = database.prepare("insert into meta (key, value) values (?, ?)");
       const write = () => {
         for (let i = 0; i < 20; i++) {
           n++;
           database.exec("begin immediate");
           insert.run("left " + n, "x".repeat(2000)); insert.run("right " + n, "x".repeat(2000));
           database.exec("commit");
         }
         if (n === 200) parentPort.postMessage("begun");
         if (stopped) { database.close(); process.exit(); } else setImmediate(write);
       };
       write();`,
      { eval: true, workerData: file },
    );
    await once(writer, "message");
    let steps = 0;
    const count = () => {
      steps += 1;
    };
    const backups = [];
    for (const name of ["one.db", "two.db", "three.db"]) {
      const target = path.join(folder, name);
      backups.push(await backUp(file, target, { onProgress: count }));
    }
    writer.postMessage("stop");
    await once(writer, "exit");
    assert.ok(steps > 0);
    using database = new DatabaseSync(file, { readOnly: true });
    const countOf = (of: DatabaseSync, side: string) =>
      Number(of.prepare("select count(*) as n from meta where key like ?").get(`${side} %`)?.["n"]);
    for (const { file: target } of backups) {
      using copied = new DatabaseSync(target, { readOnly: true });
      const left = countOf(copied, "left");
      assert.ok(left >= 200);
      assert.equal(countOf(copied, "right"), left);
      assert.ok(left <= countOf(database, "left"));
    }
  });

  test("replaces no file unless requested, and never the database or its files", async (t) => {
    const folder = folderFor(t);
    const file = await sampleDatabase(folder);
    const target = path.join(folder, "copy.db");
    writeFileSync(target, "precious");
    await assert.rejects(backUp(file, target), asError("usage", /exists already.*--force/s));
    assert.equal(readFileSync(target, "utf8"), "precious");
    await backUp(file, target, { force: true });
    assert.equal(readFileSync(target).subarray(0, 15).toString(), "SQLite format 3");
    const link = path.join(folder, "link.db");
    symlinkSync(file, link);
    writeFileSync(`${file}.lock`, "");
    for (const own of [file, link, `${file}.lock`]) {
      await assert.rejects(backUp(file, own, { force: true }), asError("usage", /the database itself, or belongs/));
    }
    await assert.rejects(backUp(file, folder, { force: true }), asError("usage", /not a regular file/));
    await assert.rejects(backUp(file, path.join(folder, "a", "b.db")), asError("permission", /Make its folder/));
  });

  test("is not made of another program's database, nor of a damaged one, and then leaves nothing behind", async (t) => {
    const folder = folderFor(t);
    const other = path.join(folder, "other.db");
    {
      using database = new DatabaseSync(other);
      database.exec("create table hosts_port_22 (ip_address text)");
    }
    await assert.rejects(backUp(other, path.join(folder, "x.db")), asError("store", /not a database of Harbinger yet/));
    const file = await sampleDatabase(folder, 2000);
    damagePage(file, 30);
    await assert.rejects(backUp(file, path.join(folder, "x.db")), asError("store", /damaged|malformed/));
    writeFileSync(file, "no database at all, and longer than its header would be".repeat(50));
    await assert.rejects(backUp(file, path.join(folder, "x.db")), asError("store", /damaged or not a SQLite database/));
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes("x.db")),
      [],
    );
  });

  test("without enough disk space reports how much it needs, and leaves nothing behind", async (t) => {
    const folder = folderFor(t);
    using disk = smallDisk(t, folder);
    if (disk === undefined) return;
    const file = await sampleDatabase(folder, 8000);
    const target = path.join(disk.path, "copy.db");
    await assert.rejects(backUp(file, target), asError("store-full", /needs \d+ MB, and \d MB are free/));
    assert.deepEqual(readdirSync(disk.path), []);
  });

  test("whose disk fills up while it is written leaves nothing behind, and the next one succeeds", async (t) => {
    const folder = folderFor(t);
    using disk = smallDisk(t, folder);
    if (disk === undefined) return;
    const file = await sampleDatabase(folder, 1500);
    const target = path.join(disk.path, "copy.db");
    const filled = backUp(file, target, {
      now() {
        disk.fill();
        return Date.now();
      },
    });
    await assert.rejects(filled, asError("store-full", /no space left for the backup .*copy\.db/));
    disk.empty();
    assert.deepEqual(readdirSync(disk.path), []);
    assert.equal((await backUp(file, target)).connections, 1500);
  });

  test("that is aborted leaves nothing behind", async (t) => {
    const folder = folderFor(t);
    const file = await sampleDatabase(folder, 30_000);
    const stop = new AbortController();
    const target = path.join(folder, "copy.db");
    await assert.rejects(backUp(file, target, { signal: stop.signal, onProgress: () => stop.abort() }));
    assert.equal(
      readdirSync(folder).find((name) => name.includes("copy.db")),
      undefined,
    );
  });

  test("removes what a killed process left behind, and not what another process is writing", async (t) => {
    const folder = folderFor(t);
    const file = await sampleDatabase(folder);
    const target = path.join(folder, "copy.db");
    const { pid: dead = 0 } = spawnSync(process.execPath, ["-e", ""]);
    const left = (pid: number) => `${target}.${pid}.unfinished`;
    const names = [left(dead), `${left(dead)}-journal`, left(process.ppid), `${target}.x.unfinished`];
    for (const name of names) writeFileSync(name, "half");
    const old = (Date.now() - 120_000) / 1000;
    utimesSync(left(dead), old, old);
    utimesSync(left(process.ppid), old, old);
    await backUp(file, target);
    assert.deepEqual(names.map(existsSync), [false, false, true, true]);
  });
});

describe("a folder of backups", () => {
  test("names them by their time, and keeps only the newest of this database", async (t) => {
    const folder = folderFor(t);
    const file = await sampleDatabase(folder);
    const other = await sampleDatabase(folderFor(t));
    const at = new Date(2026, 0, 31, 8, 5, 9).getTime();
    assert.equal(backupName(folder, at), path.join(folder, "harbinger-20260131-080509.db"));
    const made: string[] = [];
    for (let hour = 0; hour < 4; hour++) {
      const now = at + hour * 3_600_000;
      made.push((await backUp(file, backupName(folder, now), { now: () => now })).file);
    }
    await backUp(file, backupName(folder, at), { now: () => at });
    assert.ok(existsSync(path.join(folder, "harbinger-20260131-080509-2.db")));
    const foreign = (await backUp(other, backupName(folder, at - 86_400_000), { now: () => at - 86_400_000 })).file;
    writeFileSync(path.join(folder, "harbinger-20200101-000000.db"), "somebody's notes");
    const newest = await backUp(file, path.join(folder, "by-hand.db"), { now: () => at });
    const removed = keepNewest(folder, { source: file, made: made.at(-1) ?? "", keep: 2, now: at });
    assert.deepEqual(removed.map((name) => path.basename(name)).sort(), [
      "harbinger-20260131-080509-2.db",
      "harbinger-20260131-080509.db",
      "harbinger-20260131-090509.db",
    ]);
    assert.deepEqual(
      backupsIn(folder, file).map(({ file: kept }) => kept),
      made.slice(2).reverse(),
    );
    for (const kept of [foreign, newest.file, path.join(folder, "harbinger-20200101-000000.db")]) {
      assert.ok(existsSync(kept), kept);
    }
  });

  test("keeps the one that was just made, even if earlier ones have a later time", async (t) => {
    const folder = folderFor(t);
    const file = await sampleDatabase(folder);
    const at = new Date(2026, 0, 31, 8).getTime();
    const day = 86_400_000;
    // As on a machine without a clock battery until it sets its time.
    const ahead = (await backUp(file, backupName(folder, at + 900 * day), { now: () => at + 900 * day })).file;
    const made = (await backUp(file, backupName(folder, at), { now: () => at })).file;
    assert.deepEqual(keepNewest(folder, { source: file, made, keep: 1, now: at }), [ahead]);
    assert.ok(existsSync(made));
  });

  test("may be shared by machines whose databases have the same path: each prunes only its own", async (t) => {
    const folder = folderFor(t);
    const place = path.join(folderFor(t), "harbinger.db");
    const at = new Date(2026, 0, 31, 8).getTime();
    const made: string[] = [];
    for (let machine = 0; machine < 2; machine++) {
      rmSync(place, { force: true });
      renameSync(await sampleDatabase(folderFor(t)), place);
      for (let hour = 0; hour < 2; hour++) {
        const now = at + (2 * machine + hour) * 3_600_000;
        made.push((await backUp(place, backupName(folder, now), { now: () => now })).file);
      }
    }
    const [theirs, theirLast, ours, ourLast = ""] = made;
    assert.deepEqual(keepNewest(folder, { source: place, made: ourLast, keep: 1, now: at }), [ours]);
    assert.deepEqual(
      [theirs, theirLast, ourLast].map((kept = "") => existsSync(kept)),
      [true, true, true],
    );
  });
});

function damagePage(file: string, page: number): void {
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, Buffer.alloc(4096, 0xa5), 0, 4096, (page - 1) * 4096);
  closeSync(descriptor);
}
