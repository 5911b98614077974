import type { DueAlert } from "../../core/connection-store.ts";
import { type ErrorCode, HarbingerError, messageOf } from "../../core/errors.ts";
import type { LogFields } from "../../core/log.ts";
import type { ScanSession, ScanStore } from "../../core/scan-store.ts";
import type { Store } from "../../core/store.ts";
import type { PackedConnections } from "../connections/packed-connections.ts";
import type { PruneSteps } from "../prune-steps.ts";
import type { PackedSightings } from "../scans/packed-sightings.ts";

/** What a database thread needs to open the store. */
export interface WorkerStart {
  readonly file: string;
  readonly role: "all" | "reader";
  readonly busyTimeoutMs: number;
  readonly now: number;
}

/** The parts of a store: `scans`, `deliveries` and the like, each with methods of its own. */
type StoreParts = {
  readonly [Key in keyof Store as Store[Key] extends (...parameters: never) => unknown ? never : Key]: Store[Key];
};

/**
 * What a database thread offers, by part and method. A method of the store needs no entry here: the thread lists its methods
 * when it opens, and `core/` declares their types. The other entries are for what cannot be sent to another thread as it is.
 */
export type ThreadParts = StoreParts & {
  /** The methods of the store itself. */
  readonly store: Omit<Store, keyof StoreParts | typeof Symbol.asyncDispose>;
  readonly sessions: SessionCalls;
  readonly batches: BatchCalls;
  readonly pruning: PruneSteps;
  readonly locks: LockCalls;
  readonly thread: { close(): Promise<void> };
};

/** Scan sessions stay in the thread; the caller has their scan ids. */
export interface SessionCalls {
  begin(scan: Parameters<ScanStore["begin"]>[0]): Promise<number>;
  add(scanId: number, packed: PackedSightings): Promise<void>;
  finish(scanId: number, outcome: Parameters<ScanSession["finish"]>[0]): ReturnType<ScanSession["finish"]>;
  abandon(scanId: number): Promise<void>;
}

/** Batches of connections are sent packed. */
interface BatchCalls {
  record(packed: PackedConnections, alerts: readonly DueAlert[]): Promise<number>;
}

/** A lock stays in the thread; the caller has its id. */
export interface LockCalls {
  take(
    holder: string,
  ): Promise<{ readonly id: number } | { readonly holder: string; readonly trouble?: string | undefined }>;
  release(id: number): Promise<void>;
}

/** The methods of each part, by name. */
export type PartMethods = Readonly<Record<string, readonly MethodDescription[]>>;

export interface MethodDescription {
  readonly name: string;
  /** It only reads: another thread may run it. */
  readonly reads: boolean;
}

export interface WorkerRequest {
  readonly id: number;
  readonly part: string;
  readonly method: string;
  readonly parameters: readonly unknown[];
  /** The caller's clock. */
  readonly now: number;
}

export type WorkerReply =
  | { readonly kind: "opened"; readonly parts: PartMethods }
  /** The database is now in another file, at this path. */
  | { readonly kind: "moved"; readonly file: string }
  | { readonly kind: "not-opened"; readonly error: WorkerError }
  | { readonly kind: "result"; readonly id: number; readonly value: unknown }
  | { readonly kind: "error"; readonly id: number; readonly error: WorkerError }
  | {
      readonly kind: "log";
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: LogFields | undefined;
    };

export type LogLevel = "debug" | "info" | "warn" | "error";

/** An error that keeps its code and its remedy between threads. */
export interface WorkerError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy?: string | undefined;
  readonly stack?: string | undefined;
}

export function packError(error: unknown): WorkerError {
  const stack = error instanceof Error ? error.stack : undefined;
  if (!(error instanceof HarbingerError)) return { code: "internal", message: messageOf(error), stack };
  const { code, message, remedy } = error;
  return { code, message, remedy, stack };
}

export function unpackError({ code, message, remedy, stack }: WorkerError): HarbingerError {
  return new HarbingerError(code, message, { remedy, cause: stack });
}
