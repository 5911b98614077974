import assert from "node:assert/strict";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { HarbingerError } from "../../src/core/errors.ts";
import type { Log } from "../../src/core/log.ts";
import type { Store } from "../../src/core/store.ts";
import { openStore } from "../../src/store/open-store.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { connection, record } from "./inbound-sample.ts";

interface Opened extends AsyncDisposable {
  readonly store: Store;
  readonly file: string;
  readonly folder: string;
  readonly logged: readonly string[];
}

async function openLocked(thread: "own" | "caller"): Promise<Opened> {
  const folder = temporaryFolder();
  const file = path.join(folder.path, "harbinger.db");
  const logged: string[] = [];
  const note = (text: string) => void logged.push(text);
  const log: Log = { debug() {}, info() {}, warn: note, error: note };
  const store = await openStore({ location: file, thread, log });
  assert.equal((await store.lock("harbinger run")).kind, "held");
  return {
    store,
    file,
    folder: folder.path,
    logged,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** Over another connection, as any other program would. */
function storedIds(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database.prepare("select id from connections order by id").all();
    return rows.map((row) => String(row["id"]));
  } finally {
    database.close();
  }
}

for (const thread of ["own", "caller"] as const) {
  describe(`the file of a database in use, in ${thread === "own" ? "a separate thread" : "this thread"}`, () => {
    test("is written again, with everything that was stored, if it was deleted with all its files", async () => {
      await using opened = await openLocked(thread);
      const { store, file, folder, logged } = opened;
      await record(store, [connection("a")], []);
      assert.equal(await store.connections.count(), 1);
      for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
      await record(store, [connection("b")], []);
      assert.deepEqual(storedIds(file), ["a", "b"]);
      assert.equal(await store.connections.count(), 2);
      assert.equal(logged.filter((text) => /was deleted or moved away/.test(text)).length, 1, logged.join("\n"));
      await using second = await openStore({ location: file, thread: "caller" });
      assert.equal((await second.lock("another")).kind, "busy");
    });

    test("is written again if it alone was deleted, or its folder", async () => {
      await using opened = await openLocked(thread);
      const { store, file, folder } = opened;
      await record(store, [connection("a")], []);
      rmSync(file);
      await record(store, [connection("b")], []);
      rmSync(folder, { recursive: true });
      await record(store, [connection("c")], []);
      assert.deepEqual(storedIds(file), ["a", "b", "c"]);
    });

    test("is written again at shutdown, if nothing is stored after it was deleted", async () => {
      const opened = await openLocked(thread);
      await record(opened.store, [connection("a")], []);
      rmSync(opened.file);
      await opened.store[Symbol.asyncDispose]();
      assert.deepEqual(storedIds(opened.file), ["a"]);
      rmSync(opened.folder, { recursive: true });
    });

    test("is written again at shutdown, if that failed a moment ago, and the lock is released first", async () => {
      const folder = temporaryFolder();
      using _ = folder;
      const file = path.join(folder.path, "harbinger.db");
      const logged: string[] = [];
      const log: Log = { debug() {}, info() {}, warn() {}, error: (text) => void logged.push(text) };
      const store = await openStore({ location: file, thread, log });
      const lock = await store.lock("harbinger run");
      assert.ok(lock.kind === "held");
      await record(store, [connection("a")], []);
      const inTheWay = `${file}.rescued`;
      mkdirSync(path.join(inTheWay, "folder"), { recursive: true });
      rmSync(file);
      await record(store, [connection("b")], []);
      assert.match(logged.join("\n"), /cannot be rewritten yet/);
      rmSync(inTheWay, { recursive: true });
      await lock[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      assert.deepEqual(storedIds(file), ["a", "b"]);
    });

    test("is not replaced if another file took its place, and everything continues beside it", async () => {
      await using opened = await openLocked(thread);
      const { store, file, folder, logged } = opened;
      await record(store, [connection("a")], []);
      const other = path.join(folder, "backup.db");
      await using _backup = await replacement(other, connection("from the backup"));
      renameSync(other, file);
      renameSync(`${other}-wal`, `${file}-wal`);
      rmSync(`${file}-shm`);
      await record(store, [connection("b")], []);
      assert.equal(await store.connections.count(), 2);
      assert.deepEqual(storedIds(file), ["from the backup"]);
      const aside = readdirSync(folder).find((name) => /set-aside-\d{4}-\d\d-\d\d$/.test(name));
      assert.deepEqual(storedIds(path.join(folder, aside ?? "")), ["a", "b"]);
      assert.match(logged.join("\n"), /was replaced by another file/);
      await using second = await openStore({ location: file, thread: "caller" });
      const busy = await second.lock("harbinger doctor");
      assert.match(busy.kind === "busy" ? (busy.trouble ?? "") : "", /was replaced .* Restart/);
    });
  });
}

/** A database as a crash leaves it: committed transactions are in the log beside it. */
async function replacement(file: string, content: ReturnType<typeof connection>): Promise<AsyncDisposable> {
  const copy = `${file}.open`;
  const store = await openStore({ location: copy, thread: "caller" });
  await record(store, [content], []);
  for (const part of ["", "-wal", "-shm"]) copyFileSync(`${copy}${part}`, `${file}${part}`);
  return store;
}

test("a process whose lock file was deleted and taken by another process no longer writes", async () => {
  await using opened = await openLocked("caller");
  const { store, file } = opened;
  rmSync(`${file}.lock`);
  await using other = await openStore({ location: file, thread: "caller" });
  const lock = await other.lock("another process");
  if (lock.kind === "busy") return assert.fail(lock.holder);
  await assert.rejects(
    record(store, [connection("a")], []),
    (error) => error instanceof HarbingerError && error.code === "store-busy" && /another process/.test(error.message),
  );
  await lock[Symbol.asyncDispose]();
  await record(store, [connection("b")], []);
  assert.deepEqual(storedIds(file), ["b"]);
});

test("a database that is overwritten with garbage is reported as damaged, and the process continues", async () => {
  await using opened = await openLocked("own");
  const { store, file } = opened;
  for (let index = 0; index < 300; index++) await record(store, [connection(`${index}`)], []);
  writeFileSync(file, Buffer.alloc(512 * 1024, 0xa5));
  rmSync(`${file}-wal`, { force: true });
  await assert.rejects(
    openStore({ location: file, thread: "caller" }),
    (error) => error instanceof HarbingerError && error.code === "store" && error.remedy !== undefined,
  );
  await Promise.allSettled([record(store, [connection("x")], []), store.connections.list({ limit: 1000 })]);
  assert.ok(existsSync(file));
});

test("in a folder where everybody can create files, neither database nor lock is opened through another user's link", {
  skip: process.getuid?.() !== 0 && "needs root, to give a link to another user",
}, async () => {
  using folder = temporaryFolder();
  const shared = path.join(folder.path, "shared");
  mkdirSync(shared);
  chmodSync(shared, 0o1777);
  for (const suffix of ["", ".lock"]) {
    const target = path.join(folder.path, `target${suffix}`);
    const file = path.join(shared, `of-all${suffix}.db`);
    writeFileSync(target, "");
    symlinkSync(target, `${file}${suffix}`);
    lchownSync(`${file}${suffix}`, 10_001, 10_001);
    await assert.rejects(
      async () => {
        await using store = await openStore({ location: file, thread: "caller" });
        await store.lock("harbinger run");
      },
      (error) => error instanceof HarbingerError && /a symbolic link that another user made/.test(error.message),
    );
    assert.equal(readFileSync(target).length, 0);
  }
});
