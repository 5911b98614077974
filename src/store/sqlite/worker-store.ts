import type { Clock } from "../../core/clock.ts";
import type { ConnectionSummary } from "../../core/connection-store.ts";
import type { HarbingerError } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import type { ScanSession } from "../../core/scan-store.ts";
import type { Store } from "../../core/store.ts";
import { PackedBatch, packOf } from "../connections/packed-batch.ts";
import { transferables } from "../connections/packed-connections.ts";
import { Wakeup } from "../events/wakeup.ts";
import { pruneConnections } from "../prune-steps.ts";
import { packSightings } from "../scans/packed-sightings.ts";
import { ReaderThread } from "./reader-thread.ts";
import { WorkerClient } from "./worker-client.ts";
import type { ThreadParts } from "./worker-protocol.ts";

export interface WorkerStoreOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly busyTimeoutMs: number;
  /** As in `OpenStoreOptions`. */
  readonly lost?: ((error: HarbingerError) => void) | undefined;
}

/** Enough for the rows of one page, most of which are dropped at once; what is left over moves to the old generation. */
const youngMiB = { writer: 6, reader: 12, counter: 3 } as const;

/** The thread that counts connections keeps what it has read for so long after the last summary. */
const summaryIdleMs = 10 * 60_000;

/**
 * Opens the store in a thread of its own; a second one, started by the first query, reads while that one writes. A third one counts
 * connections for summaries, so that no list waits for the first summary, which may read a million of them.
 */
export async function openWorkerStore(options: WorkerStoreOptions): Promise<Store> {
  const { busyTimeoutMs, clock, log, lost } = options;
  let { file } = options;
  const open = (youngMiB: number) =>
    WorkerClient.open(
      { file, busyTimeoutMs, role: "reader" },
      { clock, log, youngMiB, onMoved: undefined, onLost: undefined },
    );
  const reader = new ReaderThread(() => open(youngMiB.reader));
  const counter = new ReaderThread(() => open(youngMiB.counter), { idleMs: summaryIdleMs });
  const onMoved = (to: string) => {
    file = to;
    reader.reopen();
    counter.reopen();
  };
  const writer = await WorkerClient.open(
    { file, busyTimeoutMs, role: "all" },
    { clock, log, youngMiB: youngMiB.writer, onMoved, onLost: lost },
  );
  return storeOver({ writer, reader, counter, wakeup: new Wakeup() });
}

function storeOver(threads: Threads): Store {
  const { writer, reader, counter, wakeup } = threads;
  const { store, scans, connections, events, sessions, batches, pruning, locks, thread, ...parts } =
    remoteParts(threads);
  let isClosed = false;
  return {
    ...parts,
    ...store,
    scans: { ...scans, begin: async (scan) => remoteSession(threads, await sessions.begin(scan)) },
    events: { ...events, subscribe: (listener) => wakeup.subscribe(listener) },
    connections: {
      ...connections,
      newBatch: () => new PackedBatch(),
      // The same method of the same store, in its own thread.
      summary: (query) => counter.send("connections", "summary", [query]) as Promise<ConnectionSummary>,
      async record(batch, alerts) {
        const packed = packOf(batch);
        const total = await writer.call("batches", "record", [packed, alerts], transferables(packed));
        wakeup.notify();
        return total;
      },
      prune: (options) => pruneConnections(pruning, options),
    },
    async lock(holder) {
      const lock = await locks.take(holder);
      if ("holder" in lock) return { kind: "busy", ...lock };
      return {
        kind: "held",
        [Symbol.asyncDispose]: async () => {
          // Closing the store releases the lock, too.
          if (!isClosed) await locks.release(lock.id);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      if (isClosed) return;
      isClosed = true;
      await counter.close();
      await reader.close();
      await writer.close();
    },
  };
}

/** The threads of one store. */
interface Threads {
  readonly writer: WorkerClient;
  readonly reader: ReaderThread;
  readonly counter: ReaderThread;
  /** Notified when the writing thread has answered. */
  readonly wakeup: Wakeup;
}

function remoteSession({ writer, wakeup }: Threads, id: number): ScanSession {
  return {
    id,
    add(batch) {
      const packed = packSightings(batch);
      return writer.call("sessions", "add", [id, packed], [packed.plain.buffer]);
    },
    async finish(outcome) {
      const summary = await writer.call("sessions", "finish", [id, outcome]);
      wakeup.notify();
      return summary;
    },
    async abandon() {
      await writer.call("sessions", "abandon", [id]);
      wakeup.notify();
    },
  };
}

/** A function for each method that the writing thread listed; those that only read go to the other thread. */
function remoteParts({ writer, reader, wakeup }: Threads): ThreadParts {
  const parts = Object.entries(writer.parts).map(([part, methods]) => {
    const calls = methods.map(({ name, reads }) => {
      const read = (...parameters: readonly unknown[]) => reader.send(part, name, parameters);
      const write = async (...parameters: readonly unknown[]) => {
        const result = await writer.send(part, name, parameters);
        wakeup.notify();
        return result;
      };
      return [name, reads ? read : write];
    });
    return [part, Object.fromEntries(calls)];
  });
  // What is listed are the methods of an object with this type, in the thread.
  return Object.fromEntries(parts) as ThreadParts;
}
