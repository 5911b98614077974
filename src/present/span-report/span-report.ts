import type { ConnectionSummary } from "../../core/connection-store.ts";
import type { DeliverySummary } from "../../core/delivery.ts";
import type { StoredCertificate } from "../../core/examination.ts";
import type { ScanRecord } from "../../core/scan-record.ts";
import type { TimeSpan } from "../connections/summary-series.ts";
import type { Finding } from "../findings/finding.ts";

/**
 * The data of `harbinger report`: what happened on a network in a time span, for readers who do not know the program. Times are
 * milliseconds since the epoch.
 */
export interface SpanReport extends TimeSpan {
  readonly generatedAt: number;
  /** Name of the zone of all times. */
  readonly timeZone: string;
  /** Of the program. */
  readonly version: string;
  /** The computer that watches. */
  readonly computer: string;
  /** What the network scans found, in the order of reports. */
  readonly findings: readonly Finding[];
  /** What the first scans of watches found, which is all there is, not what is new. It is not in `findings`. */
  readonly firstScans: { readonly hosts: number; readonly ports: number; readonly devices: number };
  /** The oldest discoveries of the span are left out, because there were too many. */
  readonly areFindingsCut: boolean;
  readonly watches: readonly SpanWatch[];
  readonly connections: ConnectionSummary;
  readonly hasListeners: boolean;
  readonly deliveries: SpanDeliveries;
  /** Those that have expired or expire within {@link expiringMs}, soonest first. */
  readonly certificates: readonly StoredCertificate[];
}

/** The scans of one watch in the span. */
export interface SpanWatch {
  readonly name: string;
  readonly scans: Readonly<Record<ScanRecord["status"], number>>;
  /** How many of the partial ones were stopped on purpose. */
  readonly stopped: number;
  readonly last: ScanRecord;
  /** Why the last one that was not complete was not. */
  readonly trouble?: string | undefined;
}

export interface SpanDeliveries {
  readonly sent: number;
  readonly waiting: number;
  readonly failed: number;
  /** The latest that failed. */
  readonly failures: readonly DeliverySummary[];
}

/** 30 days. */
export const expiringMs = 30 * 86_400_000;

/** Of each table of the page. */
export const maxRows = 100;
