import type { Clock } from "../../core/clock.ts";
import type { AlertStore, ConnectionStore } from "../../core/connection-store.ts";
import type { DeviceStore } from "../../core/device-store.ts";
import { HarbingerError } from "../../core/errors.ts";
import type { ExaminationStore } from "../../core/examination.ts";
import type { ImportStore } from "../../core/import-store.ts";
import type { Log } from "../../core/log.ts";
import type { Sighting } from "../../core/sighting.ts";
import type {
  DeliveryStore,
  DiscoveryStore,
  PruneResult,
  ScanSession,
  ScanStore,
  ServiceStore,
  SettledScan,
  Settlement,
  Store,
  StoreLock,
  TableSize,
} from "../../core/store.ts";
import { PackedBatch, packOf, transferables } from "../connections/packed-connections.ts";
import { pruneConnections } from "../prune-steps.ts";
import { releaseAll } from "../release-all.ts";
import { packSightings } from "../scans/packed-sightings.ts";
import { misuse } from "../store-errors.ts";
import { WorkerClient } from "./worker-client.ts";
import type { WorkerCalls } from "./worker-protocol.ts";

export interface WorkerStoreOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly busyTimeoutMs: number;
  /** As in `OpenStoreOptions`. */
  readonly lost?: (error: HarbingerError) => void;
}

/** A reader without questions for so long ends, for its thread holds 15 MB; the next question starts another. */
const idleReaderMs = 15_000;

/** Opens the store in a thread of its own; a second one, begun with the first question, reads while that one writes. */
export async function openWorkerStore(options: WorkerStoreOptions): Promise<Store> {
  const { busyTimeoutMs, clock, log } = options;
  let { file } = options;
  let moved = () => {};
  const onMoved = (to: string) => {
    file = to;
    moved();
  };
  const writer = await WorkerClient.open(
    { file, busyTimeoutMs, role: "all" },
    {
      clock,
      log,
      onMoved,
      ...(options.lost === undefined ? {} : { onLost: options.lost }),
    },
  );
  const store = new WorkerStore(writer, () =>
    WorkerClient.open({ file, busyTimeoutMs, role: "reader" }, { clock, log }),
  );
  moved = () => store.reopenReader();
  return store;
}

class WorkerStore implements Store {
  readonly scans: ScanStore;
  readonly services: ServiceStore;
  readonly discoveries: DiscoveryStore;
  readonly examinations: ExaminationStore;
  readonly devices: DeviceStore;
  readonly deliveries: DeliveryStore;
  readonly connections: ConnectionStore;
  readonly alerts: AlertStore;
  readonly imports: ImportStore;
  readonly #writer: WorkerClient;
  readonly #openReader: () => Promise<WorkerClient>;
  #reader: Promise<WorkerClient> | undefined;
  #questions = 0;
  #idle: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(writer: WorkerClient, openReader: () => Promise<WorkerClient>) {
    this.#writer = writer;
    this.#openReader = openReader;
    const ask = <Name extends keyof WorkerCalls>(name: Name, parameters: Parameters<WorkerCalls[Name]>) =>
      this.#askReader(name, parameters);
    this.scans = {
      begin: async (scan) => new WorkerScanSession(writer, await writer.call("begin", [scan])),
      recent: (query) => ask("recentScans", [query]),
      knownSince: (watch, at) => writer.call("knownSince", [watch, at]),
    };
    this.services = {
      list: (query) => ask("listServices", [query]),
      count: () => ask("countServices", []),
    };
    this.discoveries = {
      awaitingEvidence: (query) => ask("awaitingEvidence", [query]),
      setEvidence: (entries) => writer.call("setEvidence", [entries]),
      recent: (query) => ask("recentDiscoveries", [query]),
    };
    this.examinations = {
      due: (query) => ask("dueExaminations", [query]),
      remembered: (query) => ask("rememberedExaminations", [query]),
      record: (examination) => writer.call("recordExamination", [examination]),
      results: (query) => ask("checkResults", [query]),
      certificates: (query) => ask("listCertificates", [query]),
    };
    this.devices = {
      record: (survey) => writer.call("recordDevices", [survey]),
      list: (query) => ask("listDevices", [query]),
      dueForNames: (query) => ask("devicesDueForNames", [query]),
      setName: (mac, name) => writer.call("setDeviceName", [mac, name]),
      setApproved: (mac, approved) => writer.call("setDeviceApproved", [mac, approved]),
    };
    this.deliveries = {
      gather: (audience, at) => writer.call("gather", [audience, at]),
      announced: (query) => ask("announced", [query]),
      tally: (deliveryId) => ask("tally", [deliveryId]),
      compose: (deliveryId, message) => writer.call("compose", [deliveryId, message]),
      discard: (deliveryId) => writer.call("discard", [deliveryId]),
      recover: (at, inHand) => writer.call("recover", [at, inHand]),
      claim: (query) => writer.call("claim", [query]),
      settle: (deliveryId, outcome, times) => writer.call("settleDelivery", [deliveryId, outcome, times]),
      release: (deliveryId) => writer.call("release", [deliveryId]),
      retry: (ids, at) => writer.call("retry", [ids, at]),
      withhold: (options) => writer.call("withhold", [options]),
      list: (query) => ask("listDeliveries", [query]),
      get: (id) => ask("getDelivery", [id]),
      backlog: () => ask("backlog", []),
      // Asked every few seconds, of an index alone; to claim what is due, the writer must be free anyway.
      nextDueAt: (options) => writer.call("nextDueAt", [options]),
    };
    this.connections = {
      newBatch: () => new PackedBatch(),
      async record(batch, alerts) {
        const packed = packOf(batch);
        return await writer.call("record", [packed, alerts], transferables(packed));
      },
      setOrigins: (origins) => writer.call("setOrigins", [origins]),
      list: (query) => ask("listConnections", [query]),
      count: () => ask("countConnections", []),
      prune: (options) =>
        pruneConnections(
          {
            findCut: (wanted) => ask("findPruneCut", [wanted]),
            dropConnections: (cut) => writer.call("dropConnections", [cut]),
            dropOldest: (keepBytes) => writer.call("dropOldest", [keepBytes]),
            dropBytes: (oldest) => writer.call("dropBytes", [oldest]),
            dropAlerts: (before) => writer.call("dropAlerts", [before]),
            dropOrigins: (after) => writer.call("dropOrigins", [after]),
          },
          options,
        ),
    };
    this.alerts = {
      // A short page of an index, asked after each alert: the writer has it at hand, and a flood needs no second thread.
      pending: (query) => writer.call("pendingAlerts", [query]),
      compose: (composed, at) => writer.call("composeAlerts", [composed, at]),
      recent: (query) => ask("recentAlerts", [query]),
    };
    this.imports = {
      services: (batch, options) => writer.call("importServices", [batch, options]),
      devices: (batch, options) => writer.call("importDevices", [batch, options]),
      connections: (batch, options) => writer.call("importConnections", [batch, options]),
    };
  }

  async lock(holder: string): Promise<StoreLock> {
    const lock = await this.#writer.call("lock", [holder]);
    if ("holder" in lock) return { kind: "busy", ...lock };
    return {
      kind: "held",
      [Symbol.asyncDispose]: async () => {
        // Closing the store gives the lock back, too.
        if (!this.#isClosed) await this.#writer.call("unlock", [lock.id]);
      },
    };
  }

  /** The next question goes to the file where the database is now. */
  reopenReader(): void {
    this.#dropReader();
  }

  /** Questions that it has are answered first. */
  #dropReader(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    void reader?.then((opened) => opened.close()).catch(() => {});
  }

  trustedTime(now: number): Promise<number> {
    return this.#writer.call("trustedTime", [now]);
  }

  prune(options: Parameters<Store["prune"]>[0]): Promise<PruneResult> {
    return this.#writer.call("prune", [options]);
  }

  forgetOldest(options: Parameters<Store["forgetOldest"]>[0]): Promise<number> {
    return this.#writer.call("forgetOldest", [options]);
  }

  usedBytes(limit: number): Promise<number> {
    return this.#askReader("usedBytes", [limit]);
  }

  tableSizes(): Promise<readonly TableSize[]> {
    return this.#askReader("tableSizes", []);
  }

  releaseSpace(): Promise<number> {
    return releaseAll(() => this.#writer.call("releaseSpaceStep", []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#idle);
    const reader = await this.#reader?.catch(() => undefined);
    await reader?.close();
    await this.#writer.close();
  }

  async #askReader<Name extends keyof WorkerCalls>(
    name: Name,
    parameters: Parameters<WorkerCalls[Name]>,
  ): Promise<Awaited<ReturnType<WorkerCalls[Name]>>> {
    if (this.#isClosed) throw misuse("the store is closed");
    if (this.#reader === undefined) {
      const opening = this.#openReader();
      this.#reader = opening;
      // The next question tries again.
      opening.catch(() => {
        this.#reader = undefined;
      });
    }
    const opened = this.#reader;
    this.#questions += 1;
    clearTimeout(this.#idle);
    try {
      const reader = await opened;
      return await reader.call(name, parameters);
    } catch (error) {
      // Nothing stands in the thread that only reads: the next question starts another.
      if (error instanceof HarbingerError && error.code === "store-lost" && this.#reader === opened) {
        this.#reader = undefined;
      }
      throw error;
    } finally {
      this.#questions -= 1;
      if (this.#questions === 0 && !this.#isClosed) {
        this.#idle = setTimeout(() => this.#dropReader(), idleReaderMs).unref();
      }
    }
  }
}

class WorkerScanSession implements ScanSession {
  readonly id: number;
  readonly #writer: WorkerClient;

  constructor(writer: WorkerClient, id: number) {
    this.#writer = writer;
    this.id = id;
  }

  add(batch: readonly Sighting[]): Promise<void> {
    const packed = packSightings(batch);
    return this.#writer.call("add", [this.id, packed], [packed.plain.buffer]);
  }

  settle(settlement: Settlement): Promise<SettledScan> {
    return this.#writer.call("settleScan", [this.id, settlement]);
  }

  abandon(): Promise<void> {
    return this.#writer.call("abandon", [this.id]);
  }
}
