/** Opens the given database of an earlier version, prints when it has reached the given moment, and stops there. */
import { silentLog } from "../../src/core/log.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { migrations } from "../../src/store/migrations/migrations.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";

const [file = "", moment = ""] = process.argv.slice(2);

function stay(): Promise<never> {
  process.stdout.write(`${moment}\n`);
  setInterval(() => {}, 60_000);
  return new Promise(() => {});
}

await openSqliteStore({
  file,
  clock: systemClock,
  log: {
    ...silentLog,
    info(text) {
      // Nothing else is done before it is written.
      if (moment === "copy" && text.startsWith("copied the database")) {
        process.stdout.write(`${moment}\n`);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      }
    },
  },
  role: "all",
  migrations: migrations.map((migration, number) => ({
    ...migration,
    async up(transaction, dialect) {
      await migration.up(transaction, dialect);
      // Within the transaction of this step, which is then lost, and after the earlier steps.
      if (moment !== "copy" && number === Number(moment) + 1) await stay();
    },
  })),
});
