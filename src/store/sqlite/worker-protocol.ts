import type { AlertStore, ConnectionStore, DueAlert } from "../../core/connection-store.ts";
import type { DeviceStore } from "../../core/device-store.ts";
import { type ErrorCode, HarbingerError, messageOf } from "../../core/errors.ts";
import type { ExaminationStore } from "../../core/examination.ts";
import type { ImportStore } from "../../core/import-store.ts";
import type { LogFields } from "../../core/log.ts";
import type {
  DeliveryStore,
  DiscoveryStore,
  ScanStore,
  ServiceStore,
  SettledScan,
  Settlement,
  Store,
} from "../../core/store.ts";
import type { PackedConnections } from "../connections/packed-connections.ts";
import type { PruneSteps } from "../prune-steps.ts";
import type { PackedSightings } from "../scans/packed-sightings.ts";

/** What a thread needs to open the store. */
export interface WorkerStart {
  readonly file: string;
  readonly role: "all" | "reader";
  readonly busyTimeoutMs: number;
  readonly now: number;
}

/** Everything that the thread with the database can be asked. Scans and locks stay there and go by number here. */
export interface WorkerCalls {
  begin(scan: Parameters<ScanStore["begin"]>[0]): Promise<number>;
  add(scanId: number, packed: PackedSightings): Promise<void>;
  settleScan(scanId: number, settlement: Settlement): Promise<SettledScan>;
  abandon(scanId: number): Promise<void>;
  recentScans: ScanStore["recent"];
  knownSince: ScanStore["knownSince"];
  listServices: ServiceStore["list"];
  countServices: ServiceStore["count"];
  awaitingEvidence: DiscoveryStore["awaitingEvidence"];
  setEvidence: DiscoveryStore["setEvidence"];
  recentDiscoveries: DiscoveryStore["recent"];
  dueExaminations: ExaminationStore["due"];
  rememberedExaminations: ExaminationStore["remembered"];
  recordExamination: ExaminationStore["record"];
  checkResults: ExaminationStore["results"];
  listCertificates: ExaminationStore["certificates"];
  recordDevices: DeviceStore["record"];
  listDevices: DeviceStore["list"];
  devicesDueForNames: DeviceStore["dueForNames"];
  setDeviceName: DeviceStore["setName"];
  setDeviceApproved: DeviceStore["setApproved"];
  gather: DeliveryStore["gather"];
  announced: DeliveryStore["announced"];
  tally: DeliveryStore["tally"];
  compose: DeliveryStore["compose"];
  discard: DeliveryStore["discard"];
  recover: DeliveryStore["recover"];
  claim: DeliveryStore["claim"];
  settleDelivery: DeliveryStore["settle"];
  release: DeliveryStore["release"];
  retry: DeliveryStore["retry"];
  withhold: DeliveryStore["withhold"];
  listDeliveries: DeliveryStore["list"];
  getDelivery: DeliveryStore["get"];
  backlog: DeliveryStore["backlog"];
  nextDueAt: DeliveryStore["nextDueAt"];
  record(packed: PackedConnections, alerts: readonly DueAlert[]): Promise<number>;
  setOrigins: ConnectionStore["setOrigins"];
  listConnections: ConnectionStore["list"];
  countConnections: ConnectionStore["count"];
  findPruneCut: PruneSteps["findCut"];
  dropConnections: PruneSteps["dropConnections"];
  dropOldest: PruneSteps["dropOldest"];
  dropBytes: PruneSteps["dropBytes"];
  dropAlerts: PruneSteps["dropAlerts"];
  dropOrigins: PruneSteps["dropOrigins"];
  pendingAlerts: AlertStore["pending"];
  composeAlerts: AlertStore["compose"];
  recentAlerts: AlertStore["recent"];
  importServices: ImportStore["services"];
  importDevices: ImportStore["devices"];
  importConnections: ImportStore["connections"];
  prune: Store["prune"];
  forgetOldest: Store["forgetOldest"];
  usedBytes: Store["usedBytes"];
  tableSizes: Store["tableSizes"];
  releaseSpaceStep(): Promise<number>;
  trustedTime: Store["trustedTime"];
  lock(holder: string): Promise<{ readonly id: number } | { readonly holder: string; readonly trouble?: string }>;
  unlock(id: number): Promise<void>;
  close(): Promise<void>;
}

export interface WorkerRequest {
  readonly id: number;
  readonly call: keyof WorkerCalls;
  readonly parameters: readonly unknown[];
  /** The caller's clock. */
  readonly now: number;
}

export type WorkerReply =
  | { readonly kind: "opened" }
  /** The database goes on in another file, at this path. */
  | { readonly kind: "moved"; readonly file: string }
  | { readonly kind: "not-opened"; readonly error: WorkerError }
  | { readonly kind: "result"; readonly id: number; readonly value: unknown }
  | { readonly kind: "error"; readonly id: number; readonly error: WorkerError }
  | { readonly kind: "log"; readonly level: LogLevel; readonly message: string; readonly fields?: LogFields };

export type LogLevel = "debug" | "info" | "warn" | "error";

/** An error that keeps its code and its remedy between threads. */
export interface WorkerError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy?: string;
  readonly stack?: string;
}

export function packError(error: unknown): WorkerError {
  const stack = error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {};
  if (!(error instanceof HarbingerError)) return { code: "internal", message: messageOf(error), ...stack };
  return {
    code: error.code,
    message: error.message,
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    ...stack,
  };
}

export function unpackError(packed: WorkerError): HarbingerError {
  const { code, message, remedy } = packed;
  return new HarbingerError(code, message, {
    ...(remedy === undefined ? {} : { remedy }),
    ...(packed.stack === undefined ? {} : { cause: packed.stack }),
  });
}
