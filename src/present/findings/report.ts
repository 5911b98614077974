/**
 * The data of a report: what the watches of one audience found since the last report that was delivered to it.
 * `gather-sections.ts` reads it from the store, `report-model.ts` orders and words it, and text, HTML, JSON and push messages
 * are rendered from that.
 */
import type { Address } from "../../core/address.ts";
import type { Discovery } from "../../core/discovery.ts";
import { byKind, type FindingKind } from "../../core/discovery-kinds.ts";
import type { Port } from "../../core/ports.ts";

export interface Report {
  readonly label: string;
  /** The delivery that this report belongs to; see `harbinger reports show ID`. */
  readonly deliveryId: number;
  /** Milliseconds since the epoch. */
  readonly generatedAt: number;
  /** Time zone of the times that people read (IANA name). Default: that of the system. */
  readonly timeZone?: string | undefined;
  /** In the order of the configuration. */
  readonly sections: readonly Section[];
  /**
   * Hosts of which all known ports are gone, or all open ports are back: these are reported as host gone or back, others as
   * port gone or back.
   */
  readonly wholeHosts: ReadonlySet<Address>;
}

/** One watch in a report. */
export interface Section {
  readonly watch: string;
  /** Empty if the watch is no longer configured. */
  readonly ports: readonly Port[];
  readonly portLabel?: string | undefined;
  /** The section of devices, which other watches found: it has no scan itself. */
  readonly isOfDevices?: boolean;
  /** Checks or a command run on each new host, so there may be output. */
  readonly examined: boolean;
  /** How the scan of this run ended; `not-run`: only earlier discoveries are reported. */
  readonly status: "complete" | "partial" | "failed" | "not-run";
  /** Number of open ports that the scan of this run found. */
  readonly sighted?: number | undefined;
  /** Why the scan was partial. */
  readonly reason?: string | undefined;
  readonly notes: readonly string[];
  /** Why new findings may not be hosts at all: a note that is also shown at the top. */
  readonly doubt?: string | undefined;
  /** The new hosts come from the first complete scan, in which everything is new. */
  readonly firstScan: boolean;
  readonly findings: Readonly<Record<FindingKind, Listing>>;
  readonly failures: Failures;
}

/** The discoveries that fit, and the number of all. */
export interface Listing {
  readonly total: number;
  readonly shown: readonly Discovery[];
}

export interface Failures {
  readonly total: number;
  readonly reasons: readonly FailureReason[];
}

/** Failed scans with the same reason. */
export interface FailureReason {
  readonly reason: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** The scan of this run is one of them. */
  readonly current: boolean;
}

export type Totals = Readonly<Record<FindingKind | "failures" | "partial", number>>;

export function totalsOf(report: Report): Totals {
  const sum = (count: (section: Section) => number) =>
    report.sections.reduce((total, section) => total + count(section), 0);
  return {
    ...byKind((kind) => sum((section) => section.findings[kind].total)),
    failures: sum((section) => section.failures.total),
    partial: sum((section) => (section.status === "partial" ? 1 : 0)),
  };
}

/** How many discoveries of a listing are not shown. */
export function leftOut(listing: Listing): number {
  return Math.max(0, listing.total - listing.shown.length);
}

/** How many failed scans are not listed under a reason. */
export function leftOutFailures(failures: Failures): number {
  return Math.max(0, failures.total - failures.reasons.reduce((sum, { count }) => sum + count, 0));
}
