import type { Clock } from "../core/clock.ts";
import { HarbingerError } from "../core/errors.ts";
import type { Store } from "../core/store.ts";

/** How long a second process waits for the first one's place: long enough for one that was killed to be really gone. */
const lockPatienceMs = 5000;

/**
 * Takes the store's one place for a process that works with it.
 * @throws HarbingerError `store-busy`, with `remedy`, where another process keeps it
 */
export async function takeLock(
  store: Store,
  clock: Clock,
  options: { readonly holder: string; readonly remedy: string },
): Promise<AsyncDisposable> {
  const giveUpAt = clock.monotonic() + lockPatienceMs;
  for (;;) {
    const lock = await store.lock(options.holder);
    if (lock.kind === "held") return lock;
    if (clock.monotonic() > giveUpAt) {
      const { remedy } = options;
      throw new HarbingerError("store-busy", `another process works with this database: ${lock.holder}`, { remedy });
    }
    await clock.sleep(100);
  }
}
