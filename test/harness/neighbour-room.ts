import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lockFile } from "../../src/platform/file-lock.ts";
import { systemClock } from "../../src/platform/system-clock.ts";

/** Linux: all namespaces share one neighbour table of 1,024 entries. A scan of an own /24 fills 254, of a larger network up to 384. */
const places = 3;

/**
 * Waits until a scan of an own subnet has room in the neighbour table of this machine: past its limit the system
 * drops packets without an error. Held until disposed of, at the latest until the process ends.
 */
export async function takeNeighbourRoom(): Promise<Disposable> {
  for (;;) {
    for (let place = 0; place < places; place++) {
      const file = path.join(os.tmpdir(), `harbinger-test-neighbours-${place}`);
      const lock = await lockFile(file, { clock: systemClock, timeoutMs: 0 });
      if (lock !== undefined) return lock;
    }
    await sleep(100);
  }
}
