import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { openStore } from "../../src/store/open-store.ts";
import { examineFile } from "../../src/store/sqlite/examine-file.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { connection, record } from "./inbound-sample.ts";
import { start } from "./sample.ts";

test("a database releases the space of pruned rows, except a reserve, and stays intact", async () => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, "harbinger.db");
  const reserve = 4096 * 4096;
  {
    await using store = await openStore({ location: file });
    for (let batch = 0; batch < 20; batch++) {
      const many = Array.from({ length: 1000 }, (_, i) =>
        connection(`${batch} ${i}`, { at: start + batch * 1000 + i, payload: new Uint8Array(randomBytes(2000)) }),
      );
      await record(store, many, []);
    }
    assert.equal(await store.releaseSpace(), 0);
    await store.connections.prune({ keepAtMost: 500 });
    const released = await store.releaseSpace();
    assert.ok(released > 10_000_000, `${released}`);
    assert.equal(await store.releaseSpace(), 0);
    assert.equal(await store.connections.count(), 500);
  }
  const { size } = statSync(file);
  assert.ok(size > reserve && size < reserve + 5_000_000, `${size}`);
  using database = new DatabaseSync(file, { readOnly: true });
  assert.equal(database.prepare("pragma integrity_check").get()?.["integrity_check"], "ok");
});

test("the size of a database in use includes its log, and agrees with that of its tables", async () => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, "harbinger.db");
  await using store = await openStore({ location: file });
  await record(store, [connection("1", { at: start })], []);
  const { bytes, unusedBytes, sizes, logBytes } = examineFile(file, "quick");
  assert.ok(logBytes > 0 && statSync(file).size < bytes, `${bytes}`);
  const inTables = sizes.reduce((sum, size) => sum + size.bytes, unusedBytes);
  // Besides tables and indices there are pages that map pages.
  assert.ok(inTables <= bytes && inTables > bytes - 16_384, `${inTables} of ${bytes}`);
});
