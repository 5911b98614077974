import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type FileLock, tryLockFile } from "../../src/platform/file-lock.ts";

/** Linux: all namespaces share one neighbour table of 1,024 entries. What is not part of a test has the rest. */
const parts = 7;
const entriesOfPart = 128;
/** Not in the temporary folder of one test run: the table is that of the machine. */
const folder = "/tmp";

/**
 * Waits until a scan of an own subnet has room in the neighbour table of this machine: past its limit the system
 * drops packets without an error. Held until disposed of, at the latest until the process ends.
 * @param entries how many addresses are probed at a time: 254 of a /24, of a larger network up to 384
 */
export async function takeNeighbourRoom(entries = 254): Promise<Disposable> {
  const wanted = Math.ceil(entries / entriesOfPart);
  for (;;) {
    const locks: FileLock[] = [];
    for (let part = 0; part < parts && locks.length < wanted; part++) {
      const lock = tryLockFile(path.join(folder, `harbinger-test-neighbours-${part}`));
      if (lock !== undefined) locks.push(lock);
    }
    const release = () => {
      for (const lock of locks) lock[Symbol.dispose]();
    };
    if (locks.length === wanted) return { [Symbol.dispose]: release };
    release();
    await sleep(100);
  }
}
