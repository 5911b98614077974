import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, type TestContext, test } from "node:test";
import { HarbingerError } from "../../src/core/errors.ts";
import { silentLog } from "../../src/core/log.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { migrations } from "../../src/store/migrations/migrations.ts";
import { backUpDatabase } from "../../src/store/sqlite/online-backup.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { type RestoreOptions, restoreDatabase } from "../../src/store/sqlite/restore-database.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { smallDisk } from "../harness/small-disk.ts";
import { connection, queueAlert, record } from "./inbound-sample.ts";
import { look, sighting, start } from "./sample.ts";

function folderFor(t: TestContext): string {
  const folder = temporaryFolder();
  t.after(() => folder[Symbol.dispose]());
  return folder.path;
}

function open(file: string) {
  return openSqliteStore({ file, clock: systemClock, log: silentLog, role: "all" });
}

function restore(from: string, file: string, more: Partial<RestoreOptions> = {}) {
  return restoreDatabase({ from, file, force: false, waiting: "hold", clock: systemClock, log: silentLog, ...more });
}

interface Lab {
  readonly folder: string;
  readonly file: string;
  readonly backup: string;
}

/** A database with a host and a queued alert, its backup, and a second host since. */
async function lab(t: TestContext): Promise<Lab> {
  const folder = folderFor(t);
  const file = path.join(folder, "harbinger.db");
  const backup = path.join(folder, "backup.db");
  await using store = await open(file);
  await look(store, { at: start, sees: [sighting("10.0.0.1")] });
  await queueAlert(store, "a", start);
  await backUpDatabase({ file, target: backup, force: false, now: () => start + 5, program: "1.2.3" });
  await look(store, { at: start + 9, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
  return { folder, file, backup };
}

async function hostsIn(file: string): Promise<readonly string[]> {
  await using store = await open(file);
  return (await store.services.list({ limit: 9 })).rows.map(({ address }) => address);
}

function asError(code: string, expected: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof HarbingerError, String(error));
    assert.equal(error.code, code);
    assert.match(`${error.message}\n${error.remedy}`, expected);
    return true;
  };
}

function setMeta(file: string, key: string, value: string): void {
  using database = new DatabaseSync(file);
  database
    .prepare("insert into meta values (?, ?) on conflict (key) do update set value = excluded.value")
    .run(key, value);
}

describe("restoring a backup", () => {
  test("creates the database if there is none, and the backup stays unchanged", async (t) => {
    const { folder, backup } = await lab(t);
    const before = readFileSync(backup);
    const file = path.join(folder, "new", "harbinger.db");
    const restored = await restore(backup, file);
    assert.deepEqual(await hostsIn(file), ["10.0.0.1"]);
    assert.deepEqual(
      [restored.foundSchema, restored.setAside, restored.backup?.at],
      [migrations.length, undefined, start + 5],
    );
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readFileSync(backup), before);
    assert.deepEqual(readdirSync(path.dirname(file)).sort(), ["harbinger.db", "harbinger.db.lock"]);
    using database = new DatabaseSync(file, { readOnly: true });
    assert.equal(database.prepare("select 1 from meta where key = 'backup'").get(), undefined);
  });

  test("replaces a database only if requested, and keeps the old one complete under another name", async (t) => {
    const { file, backup } = await lab(t);
    await assert.rejects(restore(backup, file), asError("usage", /there is a database already.*--force/s));
    assert.deepEqual(await hostsIn(file), ["10.0.0.1", "10.0.0.2"]);
    const asides: string[] = [];
    for (let time = 0; time < 2; time++) {
      const { setAside = "" } = await restore(backup, file, { force: true });
      assert.match(setAside, /harbinger\.db\.replaced-\d{4}-\d\d-\d\d(?:-2)?$/);
      assert.deepEqual(await hostsIn(file), ["10.0.0.1"]);
      asides.push(setAside);
    }
    assert.notEqual(asides[0], asides[1]);
    assert.deepEqual(await hostsIn(asides[0] ?? ""), ["10.0.0.1", "10.0.0.2"]);
  });

  test("keeps what a killed process left in the log of the database that is set aside", async (t) => {
    const { file, backup, folder } = await lab(t);
    const copy = path.join(folder, "killed.db");
    {
      // As a killed process leaves them: the last transactions are only in the log.
      using writer = new DatabaseSync(file);
      writer.exec("pragma wal_autocheckpoint = 0; insert into meta values ('late', 'x')");
      for (const suffix of ["", "-wal"]) copyFileSync(`${file}${suffix}`, `${copy}${suffix}`);
    }
    const { setAside = "" } = await restore(backup, copy, { force: true });
    using aside = new DatabaseSync(setAside, { readOnly: true });
    assert.equal(aside.prepare("select value from meta where key = 'late'").get()?.["value"], "x");
    assert.equal(existsSync(`${copy}-wal`), false);
    assert.deepEqual(await hostsIn(copy), ["10.0.0.1"]);
  });

  test("also accepts a database file with the log beside it, as copied from a machine that failed", async (t) => {
    const { file, folder } = await lab(t);
    const rescued = path.join(folder, "rescued.db");
    {
      using writer = new DatabaseSync(file);
      writer.exec("pragma wal_autocheckpoint = 0; insert into meta values ('late', 'x')");
      for (const suffix of ["", "-wal"]) copyFileSync(`${file}${suffix}`, `${rescued}${suffix}`);
    }
    const target = path.join(folder, "target.db");
    await restore(rescued, target);
    using database = new DatabaseSync(target, { readOnly: true });
    assert.equal(database.prepare("select value from meta where key = 'late'").get()?.["value"], "x");
  });

  test("sets a damaged database aside with its log, and leaves nothing of it in the place of the new one", async (t) => {
    const { file, backup } = await lab(t);
    writeFileSync(file, "damaged, and longer than the header of a database is".repeat(40));
    writeFileSync(`${file}-wal`, "its log");
    const { setAside = "" } = await restore(backup, file, { force: true });
    assert.match(readFileSync(setAside, "utf8"), /^damaged/);
    assert.deepEqual(await hostsIn(file), ["10.0.0.1"]);
  });

  test("is rejected while a process holds the database, which is named", async (t) => {
    const { file, backup } = await lab(t);
    await using store = await open(file);
    const lock = await store.lock("harbinger run");
    assert.ok(lock.kind === "held");
    await using _held = lock;
    await assert.rejects(restore(backup, file, { force: true }), asError("store-busy", /in use by harbinger run/));
    assert.equal(await store.services.count(), 2);
  });

  test("sends nothing again by itself: waiting deliveries are held, unless they are to be sent or dropped", async (t) => {
    const { folder, backup } = await lab(t);
    for (const [waiting, withheld, states] of [
      ["hold", 2, ["dead", "dead"]],
      ["send", 0, ["open", "queued"]],
      ["drop", 2, ["superseded"]],
    ] as const) {
      const file = path.join(folder, `${waiting}.db`);
      assert.equal((await restore(backup, file, { waiting })).withheld, withheld);
      await using store = await open(file);
      const deliveries = (await store.deliveries.list({ limit: 9 })).rows;
      assert.deepEqual(deliveries.map(({ state }) => state).sort(), states);
      if (waiting === "hold")
        assert.match(deliveries[0]?.lastError ?? "", /when the restored backup was made \(2026-01-01 00:00:00 UTC\)/);
    }
  });

  test("rejects a file that is damaged, of another program, of the earlier tool, or of a later version; nothing is changed", async (t) => {
    const { folder, file, backup } = await lab(t);
    const named = (name: string) => path.join(folder, name);
    writeFileSync(named("text.db"), "no database".repeat(100));
    writeFileSync(named("empty.db"), "");
    {
      using other = new DatabaseSync(named("other.db"));
      other.exec("create table notes (text)");
      using earlier = new DatabaseSync(named("earlier.db"));
      earlier.exec("create table hosts_port_22 (ip_address text, first_seen text, last_seen text)");
    }
    const damaged = readFileSync(backup);
    damaged.fill(0xa5, damaged.length - 12 * 4096, damaged.length - 11 * 4096);
    writeFileSync(named("damaged.db"), damaged);
    copyFileSync(backup, named("later.db"));
    setMeta(named("later.db"), "schema", "99");
    setMeta(named("later.db"), "program", "7.1.0");
    for (const [name, code, expected] of [
      ["text.db", "store", /cannot restore .*text\.db.*Name a file that harbinger backup wrote/s],
      ["empty.db", "store", /is empty/],
      ["other.db", "store", /database of another program/],
      ["earlier.db", "store", /database of the earlier tool.*takes it over/s],
      ["damaged.db", "store", /is damaged and was not restored:\n/],
      [
        "later.db",
        "store-newer",
        /schema version 99, written by Harbinger 7\.1\.0; .* up to \d+\nRun Harbinger 7\.1\.0 or later/,
      ],
      ["missing.db", "not-found", /no file/],
      ["harbinger.db", "usage", /is the database itself/],
    ] as const) {
      await assert.rejects(restore(named(name), file, { force: true }), asError(code, expected), name);
    }
    assert.deepEqual(await hostsIn(file), ["10.0.0.1", "10.0.0.2"]);
    assert.deepEqual(
      readdirSync(folder)
        .filter((name) => name.startsWith("harbinger.db"))
        .sort(),
      ["harbinger.db", "harbinger.db.lock"],
    );
  });

  test("rejects a database with code that would run by itself, or with a part of the schema missing; nothing is changed", async (t) => {
    const { folder, file, backup } = await lab(t);
    const changed = (name: string, sql: string) => {
      const place = path.join(folder, name);
      copyFileSync(backup, place);
      using database = new DatabaseSync(place);
      database.exec(sql);
      return place;
    };
    const trigger = changed(
      "trigger.db",
      "create trigger elsewhere after update on deliveries begin update deliveries set recipient = 'x@example.org'; end",
    );
    const virtual = changed("virtual.db", "create virtual table notes using fts5(text)");
    const tableless = changed("tableless.db", "drop table announcements");
    const columnless = changed("columnless.db", "alter table services rename column hostname to name_of_host");
    const viewed = changed("viewed.db", "alter table scans rename to old; create view scans as select * from old");
    for (const [from, expected] of [
      [trigger, /was not made by this program: the trigger elsewhere is in it/],
      [virtual, /the virtual table notes is in it/],
      [tableless, /is not complete, and was not restored: it has no column .* of announcements/],
      [columnless, /it has no column hostname of services/],
      [viewed, /of scans/],
    ] as const) {
      await assert.rejects(restore(from, file, { force: true }), asError("store", expected), from);
    }
    assert.deepEqual(await hostsIn(file), ["10.0.0.1", "10.0.0.2"]);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith("harbinger.db.")),
      ["harbinger.db.lock"],
    );
  });

  const isRoot = process.getuid?.() === 0;
  test("by root, of the database of a service that runs as another user, keeps that user the owner of its files", {
    skip: !isRoot && "only root can give files away",
  }, async (t) => {
    const { folder, file, backup } = await lab(t);
    const [user, group] = [65_533, 65_532];
    const place = path.join(folder, "service", "harbinger.db");
    mkdirSync(path.dirname(place));
    chownSync(path.dirname(place), user, group);
    await restore(backup, place);
    const owners = () => {
      const names = readdirSync(path.dirname(place)).sort();
      return names.map((name) => [name, statSync(path.join(path.dirname(place), name)).uid]);
    };
    assert.deepEqual(owners(), [
      ["harbinger.db", user],
      ["harbinger.db.lock", user],
    ]);
    await restore(backup, place, { force: true });
    assert.deepEqual(new Set(owners().map(([, owner]) => owner)), new Set([user]));
    assert.equal(owners().length, 3);
    assert.equal(statSync(place).mode & 0o777, 0o600);
    // Also a first start by root.
    rmSync(place);
    await hostsIn(place);
    assert.deepEqual(new Set(owners().map(([, owner]) => owner)), new Set([user]));
    await restore(backup, file, { force: true });
    assert.equal(statSync(file).uid, 0);
  });

  test("migrates an older backup and keeps no copy of the copy", async (t) => {
    const { folder, file } = await lab(t);
    const older = path.join(folder, "older.db");
    const store = await openSqliteStore({
      file: older,
      clock: systemClock,
      log: silentLog,
      role: "all",
      migrations: migrations.slice(0, 4),
    });
    await store[Symbol.asyncDispose]();
    const restored = await restore(older, file, { force: true });
    assert.deepEqual([restored.foundSchema, restored.schema], [4, migrations.length]);
    assert.equal(
      readdirSync(folder).find((name) => name.includes("schema-4")),
      undefined,
    );
    assert.deepEqual(await hostsIn(file), []);
  });

  test("on a disk without enough space changes nothing, and leaves nothing behind", async (t) => {
    const { folder, backup } = await lab(t);
    using disk = smallDisk(t, folder);
    if (disk === undefined) return;
    const large = path.join(folder, "large.db");
    {
      await using store = await open(large);
      const payload = () => new Uint8Array(randomBytes(1000));
      await record(
        store,
        Array.from({ length: 4000 }, (_, i) => connection(`c${i}`, { at: start, payload: payload() })),
        [],
      );
    }
    const file = path.join(disk.path, "harbinger.db");
    await restore(backup, file);
    await assert.rejects(restore(large, file, { force: true }), asError("store-full", /no space left/));
    assert.deepEqual(readdirSync(disk.path).sort(), ["harbinger.db", "harbinger.db.lock"]);
    assert.deepEqual(await hostsIn(file), ["10.0.0.1"]);
  });
});
