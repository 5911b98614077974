import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type FileLock, tryLockFile } from "../../src/platform/file-lock.ts";

/** Linux: all namespaces share one neighbour table of 1,024 entries. What is not part of a test has the rest. */
const parts = 7;
const entriesOfPart = 128;
/** Not in the temporary folder of one test run: the table is that of the machine. */
const folder = "/tmp";
const retryMs = 100;

/** For `takeNeighbourRoom`: the scan fills the table, so that nothing else has room beside it. */
export const wholeTable = parts * entriesOfPart;

/**
 * Waits until a scan of an own subnet has room in the neighbour table of this machine: past its limit the system
 * drops packets without an error. Held until disposed of, at the latest until the process ends.
 * @param entries how many addresses are probed at a time: 254 of a /24, of a larger network up to 384; or `wholeTable`
 */
export async function takeNeighbourRoom(entries = 254): Promise<Disposable> {
  const locks = entries >= wholeTable ? await takeAllParts() : await takeParts(Math.ceil(entries / entriesOfPart));
  return {
    [Symbol.dispose]: () => {
      for (const lock of locks) lock[Symbol.dispose]();
    },
  };
}

/** One part after the other, and each is kept, or the smaller ones would never leave room; in one order, so that no two wait for each other. */
async function takeAllParts(): Promise<readonly FileLock[]> {
  const locks: FileLock[] = [];
  for (let part = 0; part < parts; ) {
    const lock = tryPart(part);
    if (lock === undefined) await sleep(retryMs);
    else {
      locks.push(lock);
      part += 1;
    }
  }
  return locks;
}

/** All at once or none: a holder never waits. */
async function takeParts(wanted: number): Promise<readonly FileLock[]> {
  for (;;) {
    const locks: FileLock[] = [];
    for (let part = 0; part < parts && locks.length < wanted; part++) {
      const lock = tryPart(part);
      if (lock !== undefined) locks.push(lock);
    }
    if (locks.length === wanted) return locks;
    for (const lock of locks) lock[Symbol.dispose]();
    await sleep(retryMs);
  }
}

function tryPart(part: number): FileLock | undefined {
  return tryLockFile(path.join(folder, `harbinger-test-neighbours-${part}`));
}
