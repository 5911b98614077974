import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { HarbingerError } from "../../src/core/errors.ts";
import { silentLog } from "../../src/core/log.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { migrations } from "../../src/store/migrations/migrations.ts";
import { openStore } from "../../src/store/open-store.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { openWorkerStore } from "../../src/store/sqlite/worker-store.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { announcedBy, look, operators, policy, sighting, start } from "./sample.ts";

function temporaryFile(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-fault-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, "harbinger.db");
}

const common = { clock: systemClock, log: silentLog };

function child(name: string): string {
  return path.join(import.meta.dirname, name);
}

function failsWith(code: string) {
  return (error: unknown) => error instanceof HarbingerError && error.code === code && error.remedy !== undefined;
}

for (const [name, open] of [
  ["in this thread", (file: string) => openSqliteStore({ ...common, file, busyTimeoutMs: 20, role: "all" })],
  ["in a separate thread", (file: string) => openWorkerStore({ ...common, file, busyTimeoutMs: 20 })],
] as const) {
  test(`${name}, a file that another program has locked is busy, and the scan can be recorded later`, async (t) => {
    const file = temporaryFile(t);
    await using store = await open(file);
    const session = await store.scans.begin({ watch: "ssh", ports: [22], engine: "connect", at: start });
    await session.add([sighting("10.0.0.1")]);
    using other = new DatabaseSync(file);
    other.exec("begin immediate");
    const outcome = {
      at: start,
      status: "complete" as const,
      engine: "connect",
      notes: [],
      coverage: { kind: "all" as const },
      policy,
      audiences: [operators],
    };
    await assert.rejects(session.finish(outcome), failsWith("store-busy"));
    // Readers do not wait.
    assert.equal(await store.services.count(), 0);
    await session.add([sighting("10.0.0.2")]);
    other.exec("rollback");
    assert.equal((await session.finish(outcome)).counts.new, 2);
  });
}

test("a database of a later version is rejected and not changed", async (t) => {
  const file = temporaryFile(t);
  await (await openSqliteStore({ ...common, file, role: "all" }))[Symbol.asyncDispose]();
  using database = new DatabaseSync(file);
  database.exec("update meta set value = '99' where key = 'schema'");
  for (const thread of ["own", "caller"] as const) {
    await assert.rejects(openStore({ location: file, thread }), (error) => {
      assert.ok(failsWith("store-newer")(error));
      assert.match(String(error), new RegExp(`version 99.*up to ${migrations.length}$`));
      return true;
    });
  }
});

test("a file that is not a database is reported as such", async (t) => {
  const file = temporaryFile(t);
  const { writeFileSync } = await import("node:fs");
  writeFileSync(file, "these are not the bytes you are looking for".repeat(100));
  await assert.rejects(openStore({ location: file }), failsWith("store"));
});

test("the file, its neighbours and a new folder are private to their owner", {
  skip: process.platform === "win32" ? "file modes mean nothing here" : false,
}, async (t) => {
  const file = path.join(path.dirname(temporaryFile(t)), "deep", "er", "harbinger.db");
  await using store = await openStore({ location: `sqlite:${file}` });
  await look(store, { at: start, sees: [sighting("10.0.0.1")] });
  await store.lock("test");
  const folder = path.dirname(file);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  const names = readdirSync(folder).sort();
  assert.deepEqual(names, [
    "harbinger.db",
    "harbinger.db-shm",
    "harbinger.db-wal",
    "harbinger.db.lock",
    "harbinger.db.lock.txt",
  ]);
  for (const name of names) assert.equal(statSync(path.join(folder, name)).mode & 0o777, 0o600, name);
});

test("a process that does not close the store still ends", () => {
  const result = spawnSync(process.execPath, [child("forgetful-child.ts")], { encoding: "utf8", timeout: hangLimitMs });
  assert.equal(result.status, 0, result.stderr);
  assert.equal(result.stdout.trim(), "1");
});

const whyNoMount = spawnSync("unshare", ["--mount", "true"]).status === 0 ? false : "needs mount namespaces (unshare)";

test("on a full disk no record is partial, and with room again the scan is recorded", { skip: whyNoMount }, (t) => {
  const folder = path.dirname(temporaryFile(t));
  const script = `mount -t tmpfs -o size=2m tmpfs "$1" && exec "$2" "$3" "$1"`;
  const result = spawnSync(
    "unshare",
    ["--mount", "sh", "-c", script, "sh", folder, process.execPath, child("full-disk-child.ts")],
    { encoding: "utf8", timeout: hangLimitMs },
  );
  assert.equal(result.status, 0, result.stderr);
  assert.deepEqual(JSON.parse(result.stdout), {
    failed: "store-full",
    hasRemedy: true,
    servicesAfterFailure: 1,
    scanAfterFailure: "running",
    integrity: "ok",
    newAfterRoom: 30_000,
  });
});

test("after a kill while a scan is recorded, the whole scan is stored or none of it", async (t) => {
  const file = temporaryFile(t);
  const seen = new Set<string>();
  for (const afterMs of [0, 5, 20, 60, 150, 400]) {
    const finisher = spawn(process.execPath, [child("finishing-child.ts"), file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = new Promise((resolve) => finisher.on("exit", resolve));
    for await (const line of createInterface(finisher.stdout)) {
      if (line !== "finishing") continue;
      // Not a wait for a condition: the moment of the kill.
      setTimeout(() => finisher.kill("SIGKILL"), afterMs);
      break;
    }
    await exited;
    await using store = await openStore({ location: file, thread: "caller" });
    const lock = await store.lock("after the crash");
    assert.equal(lock.kind, "held");
    const [scan] = (await store.scans.list({ limit: 1 })).rows;
    const open = (await store.deliveries.list({ states: ["open"], limit: 9 })).rows;
    const tally = open[0] === undefined ? [] : await store.deliveries.tally(open[0].id);
    const complete = (await store.scans.list({ limit: 100 })).rows.filter((scan) => scan.status === "complete").length;
    const expected = complete * 20_000;
    assert.equal(await store.services.count(), expected);
    assert.equal(tally.find(({ kind }) => kind === "new")?.count ?? 0, expected);
    assert.ok(scan?.status === "complete" || scan?.status === "abandoned");
    seen.add(scan.status);
    using database = new DatabaseSync(file);
    assert.deepEqual(Object.values(database.prepare("pragma integrity_check").get() ?? {}), ["ok"]);
  }
  assert.ok(seen.has("abandoned"), "no kill came early enough to matter");
});

test("after a kill while recording, every acknowledged record is stored, and each batch is complete with its alert", async (t) => {
  const file = temporaryFile(t);
  let before = 0;
  for (const [run, batches] of [1, 2, 7, 20].entries()) {
    const recorder = spawn(process.execPath, [child("recording-child.ts"), file, `run${run}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = new Promise((resolve) => recorder.on("exit", resolve));
    let acknowledged = 0;
    for await (const line of createInterface(recorder.stdout)) {
      acknowledged = Number(line);
      // The next batch is being written by now.
      if (acknowledged === batches) recorder.kill("SIGKILL");
    }
    await exited;
    await using store = await openStore({ location: file, thread: "caller" });
    const stored = (await store.connections.count()) / 500;
    assert.ok(Number.isInteger(stored), `${stored} batches`);
    assert.ok(acknowledged >= batches && stored - before >= acknowledged, `${stored} of ${before} + ${acknowledged}`);
    const pending = await store.alerts.pending({ limit: 1000 });
    assert.equal(pending.length, stored);
    for (let batch = 0; batch < acknowledged; batch++) {
      assert.ok(pending.some(({ id }) => id === `run${run}-${batch}`));
    }
    using database = new DatabaseSync(file);
    assert.deepEqual(Object.values(database.prepare("pragma integrity_check").get() ?? {}), ["ok"]);
    before = stored;
  }
});

test("a closed store rejects later requests, and its content is there when it is opened again", async (t) => {
  const file = temporaryFile(t);
  const store = await openStore({ location: file });
  await look(store, { at: start, sees: [sighting("10.0.0.1")] });
  const { deliveryId } = await store.deliveries.gather(operators, start);
  await store[Symbol.asyncDispose]();
  await assert.rejects(store.deliveries.gather(operators, start), (error) => error instanceof HarbingerError);
  await assert.rejects(store.services.count(), (error) => error instanceof HarbingerError);
  await using again = await openStore({ location: file });
  assert.deepEqual(await announcedBy(again, deliveryId), ["new 10.0.0.1"]);
});
