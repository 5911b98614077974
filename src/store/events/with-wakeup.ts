import type { Database } from "../database.ts";
import type { Wakeup } from "./wakeup.ts";

/** The same database; it notifies `wakeup` after each transaction that was committed. */
export function withWakeup(database: Database, wakeup: Wakeup): Database {
  return {
    dialect: database.dialect,
    read: (work) => database.read(work),
    async write(work) {
      const result = await database.write(work);
      wakeup.notify();
      return result;
    },
    stage: (work) => database.stage(work),
    lock: (holder) => database.lock(holder),
    releaseSpace: () => database.releaseSpace(),
    usedBytes: (limit) => database.usedBytes(limit),
    tableSizes: () => database.tableSizes(),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}
