import type { Clock } from "../core/clock.ts";
import { HarbingerError } from "../core/errors.ts";
import type { Store } from "../core/store.ts";

/** How long a second process waits for the lock: a killed process has ended by then. */
const lockWaitMs = 5000;

/**
 * Takes the lock that only one process per store can hold.
 * @throws HarbingerError `store-busy`, with `remedy`, if another process holds it
 */
export async function takeLock(
  store: Store,
  clock: Clock,
  options: { readonly holder: string; readonly remedy: string },
): Promise<AsyncDisposable> {
  const giveUpAt = clock.monotonic() + lockWaitMs;
  for (;;) {
    const lock = await store.lock(options.holder);
    if (lock.kind === "held") return lock;
    if (clock.monotonic() > giveUpAt) {
      const { remedy } = options;
      throw new HarbingerError("store-busy", `another process is using this database: ${lock.holder}`, { remedy });
    }
    await clock.sleep(100);
  }
}
