import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Log } from "../../core/log.ts";
import { collectGarbage } from "../../platform/collect-garbage.ts";
import { systemClock } from "../../platform/system-clock.ts";
import type { SqlScanSession } from "../scans/scans.ts";
import type { SqlStore } from "../sql-store.ts";
import { misuse } from "../store-errors.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import {
  type LogLevel,
  packError,
  type WorkerCalls,
  type WorkerReply,
  type WorkerRequest,
  type WorkerStart,
} from "./worker-protocol.ts";

/** After a scan has settled; what follows it at once is done by then. */
const tidyUpAfterMs = 5000;

/**
 * The thread that has the database. SQLite runs each statement to its end; here that holds up nobody's event loop.
 * Requests come in, one reply goes out for each.
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
  const calls = callsOn(store, () => port.close());
  port.on("message", (request: WorkerRequest) => {
    now = request.now;
    // The caller's types hold for both sides: see `StoreWorker.call`.
    const call = calls[request.call] as (...parameters: readonly unknown[]) => Promise<unknown>;
    call(...request.parameters).then(
      (value) => reply({ kind: "result", id: request.id, value }),
      (error: unknown) => reply({ kind: "error", id: request.id, error: packError(error) }),
    );
  });
  reply({ kind: "opened" });
}

function callsOn(store: SqlStore, onClosed: () => void): WorkerCalls {
  const { scans, services, discoveries, examinations, devices, deliveries, connections, alerts, imports } = store;
  const sessions = new Map<number, SqlScanSession>();
  const locks = new Map<number, AsyncDisposable>();
  let lastLock = 0;
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
    async settleScan(scanId, settlement) {
      const settled = await session(scanId).settle(settlement);
      sessions.delete(scanId);
      setTimeout(collectGarbage, tidyUpAfterMs).unref();
      return settled;
    },
    async abandon(scanId) {
      await sessions.get(scanId)?.abandon();
      sessions.delete(scanId);
    },
    recentScans: (query) => scans.recent(query),
    knownSince: (watch, at) => scans.knownSince(watch, at),
    listServices: (query) => services.list(query),
    countServices: () => services.count(),
    awaitingEvidence: (query) => discoveries.awaitingEvidence(query),
    setEvidence: (entries) => discoveries.setEvidence(entries),
    recentDiscoveries: (query) => discoveries.recent(query),
    dueExaminations: (query) => examinations.due(query),
    rememberedExaminations: (query) => examinations.remembered(query),
    recordExamination: (examination) => examinations.record(examination),
    checkResults: (query) => examinations.results(query),
    listCertificates: (query) => examinations.certificates(query),
    recordDevices: (survey) => devices.record(survey),
    listDevices: (query) => devices.list(query),
    devicesDueForNames: (query) => devices.dueForNames(query),
    setDeviceName: (mac, name) => devices.setName(mac, name),
    setDeviceApproved: (mac, approved) => devices.setApproved(mac, approved),
    gather: (audience, at) => deliveries.gather(audience, at),
    announced: (query) => deliveries.announced(query),
    tally: (deliveryId) => deliveries.tally(deliveryId),
    compose: (deliveryId, message) => deliveries.compose(deliveryId, message),
    discard: (deliveryId) => deliveries.discard(deliveryId),
    recover: (at, inHand) => deliveries.recover(at, inHand),
    claim: (options) => deliveries.claim(options),
    settleDelivery: (deliveryId, outcome, options) => deliveries.settle(deliveryId, outcome, options),
    release: (deliveryId) => deliveries.release(deliveryId),
    retry: (ids, at) => deliveries.retry(ids, at),
    withhold: (options) => deliveries.withhold(options),
    listDeliveries: (query) => deliveries.list(query),
    getDelivery: (id) => deliveries.get(id),
    backlog: () => deliveries.backlog(),
    nextDueAt: (options) => deliveries.nextDueAt(options),
    record: (packed, due) => connections.recordPacked(packed, due),
    setOrigins: (origins) => connections.setOrigins(origins),
    listConnections: (query) => connections.list(query),
    countConnections: () => connections.count(),
    findPruneCut: (options) => connections.pruning.findCut(options),
    dropConnections: (cut) => connections.pruning.dropConnections(cut),
    dropOldest: (keepBytes) => connections.pruning.dropOldest(keepBytes),
    dropBytes: (oldest) => connections.pruning.dropBytes(oldest),
    dropAlerts: (before) => connections.pruning.dropAlerts(before),
    dropOrigins: (after) => connections.pruning.dropOrigins(after),
    pendingAlerts: (query) => alerts.pending(query),
    composeAlerts: (composed, at) => alerts.compose(composed, at),
    recentAlerts: (query) => alerts.recent(query),
    importServices: (batch, options) => imports.services(batch, options),
    importDevices: (batch, options) => imports.devices(batch, options),
    importConnections: (batch, options) => imports.connections(batch, options),
    prune: (options) => store.prune(options),
    forgetOldest: (options) => store.forgetOldest(options),
    usedBytes: (limit) => store.usedBytes(limit),
    tableSizes: () => store.tableSizes(),
    releaseSpaceStep: () => store.releaseSpaceStep(),
    trustedTime: (at) => store.trustedTime(at),
    async lock(holder) {
      const lock = await store.lock(holder);
      if (lock.kind === "busy") {
        return { holder: lock.holder, ...(lock.trouble === undefined ? {} : { trouble: lock.trouble }) };
      }
      lastLock += 1;
      locks.set(lastLock, lock);
      return { id: lastLock };
    },
    async unlock(id) {
      await locks.get(id)?.[Symbol.asyncDispose]();
      locks.delete(id);
    },
    async close() {
      await store[Symbol.asyncDispose]();
      // After the reply to this very call.
      setImmediate(onClosed);
    },
  };
}

function remoteLog(reply: (message: WorkerReply) => void): Log {
  const at =
    (level: LogLevel): Log["info"] =>
    (message, fields) =>
      reply({ kind: "log", level, message, ...(fields === undefined ? {} : { fields }) });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

if (parentPort !== null) void serve(parentPort, workerData as WorkerStart);
