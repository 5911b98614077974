import { setImmediate } from "node:timers/promises";

/**
 * Rows deleted in one transaction: less than a tenth of a second, so that new connections do not wait long. Smaller
 * batches cost more per row, because each rewrites most of the index by peer.
 */
export const pruneBatch = 5000;

/** The newest connection that is deleted; all before it are deleted too. */
export interface PruneCut {
  readonly at: number;
  readonly id: string;
}

export interface PruneOptions {
  readonly before?: number;
  readonly keepAtMost?: number;
  /** Approximate: see connection-bytes.ts. */
  readonly keepBytes?: number;
  /** Deletes about this many bytes of the oldest, all from before that time. */
  readonly oldest?: OldestBytes;
}

export interface OldestBytes {
  readonly bytes: number;
  readonly before: number;
}

/** The steps of a pruning, each one short transaction or less. */
export interface PruneSteps {
  findCut(options: PruneOptions): Promise<PruneCut | undefined>;
  /** Deletes a batch of connections, oldest first. @returns how many; fewer than a batch: there are no more */
  dropConnections(cut: PruneCut): Promise<number>;
  /**
   * Where connections take more than `keepBytes`: deletes a batch of the oldest, about a tenth of that.
   * @returns how many; 0 where they fit
   */
  dropOldest(keepBytes: number): Promise<number>;
  /**
   * Deletes a batch of the oldest that take this many bytes. @returns what was deleted; nothing where none is old
   * enough
   */
  dropBytes(oldest: OldestBytes): Promise<{ readonly count: number; readonly bytes: number }>;
  /** Deletes a batch of alerts that were composed. */
  dropAlerts(before: number): Promise<number>;
  /** Deletes origins of peers without a connection, a batch at a time. @returns where to continue, if anywhere */
  dropOrigins(after: Uint8Array | undefined): Promise<Uint8Array | undefined>;
}

/**
 * Takes the steps one after the other; waiting calls run in between. Alerts are deleted by age: where only a number is given,
 * those that are older than every remaining connection.
 */
export async function pruneConnections(steps: PruneSteps, options: PruneOptions): Promise<number> {
  const old = await pruneOld(steps, options);
  const large = options.keepBytes === undefined ? 0 : await pruneLarge(steps, options.keepBytes);
  const oldest = options.oldest === undefined ? 0 : await pruneOldest(steps, options.oldest);
  const total = old + large + oldest;
  if (total === 0) return 0;
  for (let after = await steps.dropOrigins(undefined); after !== undefined; after = await steps.dropOrigins(after)) {
    await setImmediate();
  }
  return total;
}

async function pruneLarge(steps: PruneSteps, keepBytes: number): Promise<number> {
  let total = 0;
  for (;;) {
    const dropped = await steps.dropOldest(keepBytes);
    if (dropped === 0) return total;
    total += dropped;
    await setImmediate();
  }
}

async function pruneOldest(steps: PruneSteps, { bytes, before }: OldestBytes): Promise<number> {
  let total = 0;
  for (let left = bytes; left > 0; ) {
    const dropped = await steps.dropBytes({ bytes: left, before });
    if (dropped.count === 0) break;
    total += dropped.count;
    left -= dropped.bytes;
    await setImmediate();
  }
  return total;
}

async function pruneOld(steps: PruneSteps, options: PruneOptions): Promise<number> {
  const cut = await steps.findCut(options);
  if (cut === undefined) return 0;
  const before = options.before ?? cut.at;
  while ((await steps.dropAlerts(before)) === pruneBatch) await setImmediate();
  let total = 0;
  for (;;) {
    const dropped = await steps.dropConnections(cut);
    total += dropped;
    if (dropped < pruneBatch) return total;
    await setImmediate();
  }
}
