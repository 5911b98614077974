/**
 * What a report says, before it has a form. A report tells one audience what its watches met since the last report that
 * reached it: `gather-sections.ts` reads that from the store, `compose-report.ts` makes the message, and text, HTML and
 * JSON are three renderings of the same {@link Report}.
 */
import type { Address } from "../../core/address.ts";
import type { Discovery } from "../../core/discovery.ts";
import { byKind, type FindingKind } from "../../core/discovery-kinds.ts";
import type { Port } from "../../core/ports.ts";

export interface Report {
  readonly label: string;
  /** The delivery that this report belongs to; `harbinger reports show ID` reads all of it. */
  readonly deliveryId: number;
  /** Milliseconds since the epoch. */
  readonly generatedAt: number;
  /** IANA name of the zone for the times that people read; without it the system's. */
  readonly timeZone?: string | undefined;
  /** In the order of the configuration. */
  readonly sections: readonly Section[];
  /**
   * Hosts of which the report tells all that is known: no other port of them is there. Of these it says that the host is
   * gone or back, of others that a port is.
   */
  readonly wholeHosts: ReadonlySet<Address>;
}

/** One watch in a report. */
export interface Section {
  readonly watch: string;
  /** Empty if the watch is no longer configured. */
  readonly ports: readonly Port[];
  readonly portLabel?: string | undefined;
  /** Stands for the readers of devices, which the other watches met: it scans nothing itself. */
  readonly isOfDevices?: boolean;
  /** Checks or a command run on each new host, so each host may have output. */
  readonly examined: boolean;
  /** How the scan of this run ended; `not-run`: only something found earlier is reported. */
  readonly status: "complete" | "partial" | "failed" | "not-run";
  /** Open ports that the watch knows after the scan of this run. */
  readonly present?: number | undefined;
  /** Why the scan was partial. */
  readonly reason?: string | undefined;
  readonly notes: readonly string[];
  /** The note that stands at the top as well: why what is new may not be hosts at all. */
  readonly doubt?: string | undefined;
  /** The new hosts come from the first complete scan, in which everything is new. */
  readonly firstScan: boolean;
  readonly findings: Readonly<Record<FindingKind, Listing>>;
  readonly failures: Failures;
}

/** As many as fit of all there are. */
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

/** How many of a listing are not shown. */
export function leftOut(listing: Listing): number {
  return Math.max(0, listing.total - listing.shown.length);
}

/** How many failed scans stand under no reason. */
export function leftOutFailures(failures: Failures): number {
  return Math.max(0, failures.total - failures.reasons.reduce((sum, { count }) => sum + count, 0));
}
