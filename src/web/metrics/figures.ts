import type { ConnectionEnd } from "../../core/connection.ts";
import type { DiscoveryKind } from "../../core/discovery-kinds.ts";
import type { Backlog } from "../../core/store.ts";

/**
 * What the metrics show, counted since the start of the program. Every name is from the configuration or from a fixed list; no
 * address is among them.
 */
export interface Figures {
  readonly connections: readonly Counted<{ listener: string; protocol: string; end: ConnectionEnd }>[];
  /** Absent without listeners. */
  readonly accepting: AcceptingFigures | undefined;
  readonly alerts: number;
  readonly scans: readonly Counted<{ watch: string; status: string }>[];
  readonly watches: readonly WatchFigures[];
  readonly discoveries: readonly Counted<{ kind: DiscoveryKind }>[];
  /** Deliveries that came to an end. */
  readonly ended: readonly Counted<{ channel: string; state: "delivered" | "dead" }>[];
  /** Absent: the database gave no answer. */
  readonly backlog: readonly Backlog[] | undefined;
  /** How long the database needed for that. */
  readonly storeMs: number;
  readonly now: number;
}

export interface Counted<Labels> {
  readonly labels: Labels;
  readonly count: number;
}

export interface AcceptingFigures {
  readonly open: number;
  readonly accepted: number;
  readonly overLimit: number;
  readonly aborted: number;
  readonly countedOnly: number;
  readonly acceptFailures: number;
  readonly dropped: number;
  readonly waiting: number;
}

/** A configured watch. */
export interface WatchFigures {
  readonly watch: string;
  readonly isRunning: boolean;
  /** Milliseconds since the epoch; absent: never. */
  readonly nextAt?: number | undefined;
  /** The last scan since the start of the program. */
  readonly last?:
    | {
        readonly endedAt: number;
        readonly durationMs: number;
        /** Of the last one that nobody stopped, as is `coverage`. Absent: the engine cannot tell. */
        readonly coveredEndpoints?: number | undefined;
        /** From 0 to 1; absent: the engine cannot tell. */
        readonly coverage?: number | undefined;
      }
    | undefined;
}
