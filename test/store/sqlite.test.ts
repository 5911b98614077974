import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { silentLog } from "../../src/core/log.ts";
import type { Store } from "../../src/core/store.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { openWorkerStore } from "../../src/store/sqlite/worker-store.ts";
import { storeContract, type TestDatabase } from "./store-contract.ts";

async function createFile(open: (file: string) => Promise<Store>): Promise<TestDatabase> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-store-"));
  const file = path.join(folder, "harbinger.db");
  return {
    open: () => open(file),
    async query(sql) {
      const database = new DatabaseSync(file, { readOnly: sql.startsWith("select"), timeout: 5000 });
      try {
        return database.prepare(sql).all();
      } finally {
        database.close();
      }
    },
    async remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

storeContract({
  name: "SQLite in this thread",
  hasSessions: true,
  propertyRuns: 20,
  create: () => createFile((file) => openSqliteStore({ file, clock: systemClock, log: silentLog, role: "all" })),
});

storeContract({
  name: "SQLite in a separate thread",
  hasSessions: true,
  propertyRuns: 2,
  create: () =>
    createFile((file) => openWorkerStore({ file, clock: systemClock, log: silentLog, busyTimeoutMs: 5000 })),
});
