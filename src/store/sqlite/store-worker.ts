import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Log } from "../../core/log.ts";
import { collectGarbage } from "../../platform/collect-garbage.ts";
import { systemClock } from "../../platform/system-clock.ts";
import type { NamesReadMethods } from "../read-methods.ts";
import type { SqlScanSession, SqlScanStore } from "../scans/scans.ts";
import type { SqlStore } from "../sql-store.ts";
import { misuse } from "../store-errors.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import {
  type LockCalls,
  type LogLevel,
  type MethodDescription,
  type PartMethods,
  packError,
  type SessionCalls,
  type ThreadParts,
  type WorkerReply,
  type WorkerRequest,
  type WorkerStart,
} from "./worker-protocol.ts";

/** After a scan was recorded, or the first answer of a thread that reads; what follows it at once is done by then. */
const collectGarbageAfterMs = 5000;

/**
 * The thread that has the database. SQLite runs each statement to its end; here that blocks no event loop that serves
 * the network. Requests come in, and each gets one reply.
 */
async function serve(port: MessagePort, start: WorkerStart): Promise<void> {
  let now = start.now;
  const reply = (message: WorkerReply) => port.postMessage(message);
  let store: SqlStore;
  try {
    store = await openSqliteStore({
      ...start,
      clock: { ...systemClock, now: () => now },
      log: remoteLog(reply),
      onMoved: (file) => reply({ kind: "moved", file }),
    });
  } catch (error) {
    reply({ kind: "not-opened", error: packError(error) });
    port.close();
    return;
  }
  const parts = threadParts(store, () => port.close());
  const methods = new Map<string, object>(Object.entries(parts));
  // Loading its modules leaves a reader with much garbage, and so does the first summary, which may read a million connections. Both keep
  // room in the heap that later calls do not need.
  let isGarbageLeft = start.role === "reader";
  const collectOnce = () => {
    if (isGarbageLeft) setTimeout(collectGarbage, collectGarbageAfterMs).unref();
    isGarbageLeft = false;
  };
  port.on("message", ({ id, part, method, parameters, now: callersNow }: WorkerRequest) => {
    now = callersNow;
    run(methods.get(part), method, parameters)
      .then((value) => reply({ kind: "result", id, value }))
      // Also where a result cannot be sent to another thread.
      .catch((error: unknown) => reply({ kind: "error", id, error: packError(error) }))
      .finally(collectOnce);
  });
  reply({ kind: "opened", parts: describeParts(parts) });
}

async function run(part: object | undefined, method: string, parameters: readonly unknown[]): Promise<unknown> {
  const called: unknown = part === undefined ? undefined : Reflect.get(part, method);
  if (typeof called !== "function") throw misuse(`the store has no method ${method} here`);
  return await Reflect.apply(called, part, parameters);
}

function threadParts(store: SqlStore, onClosed: () => void): ThreadParts {
  const { connections } = store;
  return {
    ...store,
    store,
    sessions: sessionCalls(store.scans),
    batches: { record: (packed, alerts) => connections.recordPacked(packed, alerts) },
    pruning: connections.pruning,
    locks: lockCalls(store),
    thread: {
      async close() {
        await store[Symbol.asyncDispose]();
        // After the reply to this very call.
        setImmediate(onClosed);
      },
    },
  };
}

function sessionCalls(scans: SqlScanStore): SessionCalls {
  const sessions = new Map<number, SqlScanSession>();
  const session = (id: number) => {
    const found = sessions.get(id);
    if (found === undefined) throw misuse(`scan ${id} has ended`);
    return found;
  };
  return {
    async begin(scan) {
      const begun = await scans.begin(scan);
      sessions.set(begun.id, begun);
      return begun.id;
    },
    add: async (scanId, packed) => session(scanId).addPacked(packed),
    async finish(scanId, outcome) {
      const summary = await session(scanId).finish(outcome);
      sessions.delete(scanId);
      setTimeout(collectGarbage, collectGarbageAfterMs).unref();
      return summary;
    },
    async abandon(scanId) {
      await sessions.get(scanId)?.abandon();
      sessions.delete(scanId);
    },
  };
}

function lockCalls(store: SqlStore): LockCalls {
  const locks = new Map<number, AsyncDisposable>();
  let lastId = 0;
  return {
    async take(holder) {
      const lock = await store.lock(holder);
      if (lock.kind === "busy") return lock;
      lastId += 1;
      locks.set(lastId, lock);
      return { id: lastId };
    },
    async release(id) {
      await locks.get(id)?.[Symbol.asyncDispose]();
      locks.delete(id);
    },
  };
}

function describeParts(parts: ThreadParts): PartMethods {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, describeMethods(part)]));
}

/** The methods of a class or of an object literal. */
function describeMethods(part: object): readonly MethodDescription[] {
  const { readMethods = [] }: Partial<NamesReadMethods<Readonly<Record<string, unknown>>>> = part;
  const prototype: unknown = Object.getPrototypeOf(part);
  const names = prototype === Object.prototype ? Object.keys(part) : Object.getOwnPropertyNames(prototype);
  return names
    .filter((name) => name !== "constructor" && typeof Reflect.get(part, name) === "function")
    .map((name) => ({ name, reads: readMethods.includes(name) }));
}

function remoteLog(reply: (message: WorkerReply) => void): Log {
  const at =
    (level: LogLevel): Log["info"] =>
    (message, fields) =>
      reply({ kind: "log", level, message, fields });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

if (parentPort !== null) void serve(parentPort, workerData as WorkerStart);
