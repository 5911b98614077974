import type { Kysely, RawBuilder } from "kysely";
import type { Settlement } from "../../core/store.ts";
import type { Tables } from "../tables.ts";
import type { Staging } from "./staging.ts";

/** What every step of a settlement needs. All of it happens in one transaction. */
export interface SettleContext {
  readonly transaction: Kysely<Tables>;
  readonly staging: Staging;
  readonly scanId: number;
  readonly watchId: number;
  readonly settlement: Settlement;
  /** The first scan of the watch that concludes anything, with nothing taken over: everything is new. */
  readonly isFirst: boolean;
  /** What `presence.last_seen` is where it is null, before this scan. */
  readonly seenAt: number;
  /** Hosts that were sighted on every port; see every-port.ts. Absent: there is none. */
  readonly everyPort?: RawBuilder<unknown>;
}
