// Database threads that end without being closed.
import assert from "node:assert/strict";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";
import { describe, test } from "node:test";
import threads, { type WorkerOptions } from "node:worker_threads";
import { HarbingerError } from "../../src/core/errors.ts";
import { temporaryFolder } from "../harness/cli.ts";

const started: threads.Worker[] = [];
threads.Worker = class extends threads.Worker {
  constructor(file: string | URL, options?: WorkerOptions) {
    super(file, options);
    started.push(this);
  }
};
syncBuiltinESMExports();
const { openStore } = await import("../../src/store/open-store.ts");

async function opened(folder: string) {
  started.length = 0;
  const reported: HarbingerError[] = [];
  const store = await openStore({
    location: `sqlite:${path.join(folder, "harbinger.db")}`,
    lost: (error) => void reported.push(error),
  });
  (await store.scans.list({ limit: 1 })).rows;
  const [writer, reader] = started;
  assert.ok(writer !== undefined && reader !== undefined);
  return { store, reported, writer, reader };
}

const isLost = (error: unknown) => error instanceof HarbingerError && error.code === "store-lost";

describe("a database thread that ends by itself", () => {
  test("is replaced without a report if it only reads", async () => {
    using folder = temporaryFolder();
    const { store, reported, reader } = await opened(folder.path);
    await reader.terminate();
    // A call at that moment fails; later calls have a thread again.
    await assert.rejects(store.scans.list({ limit: 1 }), isLost);
    assert.deepEqual((await store.scans.list({ limit: 1 })).rows, []);
    assert.equal(started.length, 3);
    await store[Symbol.asyncDispose]();
    assert.deepEqual(reported, []);
  });

  test("is not needed for a call that cannot be sent to it: only that call fails", async () => {
    using folder = temporaryFolder();
    const { store } = await opened(folder.path);
    await assert.rejects(store.imports.connections([Symbol("no connection") as never], { isTrial: true }), {
      name: "DataCloneError",
    });
    assert.equal(await store.connections.count(), 0);
    await store[Symbol.asyncDispose]();
  });

  test("loses the database for this process if it writes, which is reported once", async () => {
    using folder = temporaryFolder();
    const { store, reported, writer } = await opened(folder.path);
    const ending = writer.terminate();
    // From then on it answers nothing.
    const waiting = assert.rejects(store.trustedTime(Date.now()), isLost);
    await ending;
    await waiting;
    await assert.rejects(store.trustedTime(Date.now()), isLost);
    assert.deepEqual(
      reported.map(({ code, exitStatus }) => [code, exitStatus]),
      [["store-lost", 1]],
    );
    await store[Symbol.asyncDispose]();
    const again = await openStore({ location: `sqlite:${path.join(folder.path, "harbinger.db")}` });
    await again.trustedTime(Date.now());
    await again[Symbol.asyncDispose]();
  });
});
