import type { Kysely, RawBuilder } from "kysely";
import type { ScanOutcome } from "../../core/scan-store.ts";
import type { Tables } from "../tables.ts";
import type { Staging } from "./staging.ts";

/** What every step of recording a scan needs. All steps run in one transaction. */
export interface FinishContext {
  readonly transaction: Kysely<Tables>;
  readonly staging: Staging;
  readonly scanId: number;
  readonly watchId: number;
  readonly outcome: ScanOutcome;
  /** No scan of the watch before it was complete or partial, except stopped ones, and nothing is inherited: everything is new. */
  readonly isFirst: boolean;
  /** The value that null in `presence.last_seen` means, before this scan. */
  readonly seenAt: number;
  /** Hosts that were sighted on every port; see every-port.ts. Absent: there is none. */
  readonly everyPort?: RawBuilder<unknown>;
}
