import type { Audience } from "../../../core/delivery.ts";
import type { DiscoveryKind } from "../../../core/discovery-kinds.ts";
import { byKind } from "../../../core/discovery-kinds.ts";
import type { ScanSummary } from "../../../core/scan-store.ts";
import type { Watch } from "../../../core/watch.ts";
import { mergeFailures } from "../../../present/findings/merge-failures.ts";
import type { FailureReason, Failures, Section } from "../../../present/findings/report.ts";
import { whereToReadAll } from "../../../present/findings/watch-words.ts";
import { type AnnouncedDiscoveries, type Counts, type ReadFindings, readFindings } from "./read-findings.ts";
import type { ReportLimits } from "./report-limits.ts";

/** How the scan of one watch went in this run. */
export interface WatchRun {
  readonly watch: Watch;
  readonly summary: ScanSummary;
  readonly status: "complete" | "partial" | "failed";
  /** Why it failed or was partial. */
  readonly reason?: string;
  readonly notes: readonly string[];
  /** Why the sightings may not be hosts at all. */
  readonly doubt?: string;
  /** Which targets cannot be hosts; only in the first report of the watch. */
  readonly leftOut?: string;
}

export interface GatherRequest {
  readonly audience: Audience;
  /** The watches of this run; those of other audiences are skipped. */
  readonly ran: readonly WatchRun[];
  /** All configured watches. */
  readonly watches: readonly Watch[];
  readonly deliveries: AnnouncedDiscoveries;
  readonly deliveryId: number;
  readonly at: number;
  readonly limits: ReportLimits;
}

/**
 * One section for each watch of the audience that ran or has something to announce, in the order of the configuration.
 * Watches that are no longer configured come last: what they found was not reported yet.
 */
export async function gatherSections(request: GatherRequest): Promise<Section[]> {
  const tally = await tallyByWatch(request);
  const runs = new Map(request.ran.map((run) => [run.watch.name, run]));
  const configured = new Map(request.watches.map((watch) => [watch.name, watch]));
  const own = request.audience.watches.filter((name) => runs.has(name) || tally.has(name));
  const others = [...tally.keys()].filter((name) => !request.audience.watches.includes(name)).sort();
  const names = [...own, ...others];

  const sections: Section[] = [];
  let bytesLeft = request.limits.bytes;
  for (const [index, name] of names.entries()) {
    const counts = tally.get(name) ?? noCounts;
    const read = await readFindings({
      announced: request.deliveries,
      deliveryId: request.deliveryId,
      watch: name,
      counts,
      limits: { hosts: request.limits.hosts, bytes: bytesLeft / (names.length - index) },
      evidenceLeftOut: `[output left out: ${whereToReadAll(request)}]`,
    });
    bytesLeft -= read.bytes;
    const run = runs.get(name);
    sections.push(sectionOf({ name, watch: run?.watch ?? configured.get(name), run, counts, read, at: request.at }));
  }
  return sections;
}

interface SectionParts {
  readonly name: string;
  readonly watch: Watch | undefined;
  readonly run: WatchRun | undefined;
  readonly counts: Counts;
  readonly read: ReadFindings;
  readonly at: number;
}

function sectionOf({ name, watch, run, counts, read, at }: SectionParts): Section {
  return {
    watch: name,
    ports: watch?.ports ?? [],
    isOfDevices: watch?.ports.length === 0,
    portLabel: watch?.portLabel,
    examined: watch !== undefined && (watch.postCommand !== undefined || watch.checks.length > 0),
    status: run?.status ?? "not-run",
    sighted: run?.summary.counts.sighted,
    reason: run?.status === "partial" ? run.reason : undefined,
    notes: run === undefined ? [] : notesOf(run),
    doubt: run?.doubt,
    firstScan: run?.summary.firstScan === true || read.findings.new.shown.some((discovery) => discovery.firstScan),
    findings: read.findings,
    failures: failuresOf(run, counts, read, at),
  };
}

function notesOf({ doubt, notes, leftOut, summary }: WatchRun): readonly string[] {
  return [doubt ?? [], notes, (summary.firstScan ? leftOut : undefined) ?? []].flat();
}

function failuresOf(run: WatchRun | undefined, counts: Counts, read: ReadFindings, at: number): Failures {
  const failedScan = run?.status === "failed" ? run : undefined;
  const reasons = mergeFailures(read.failed, failedScan?.summary.scanId);
  const total = counts["scan-failed"];
  // A watch that reports only changes does not announce a failure again. If there is a report for another reason, it must
  // not look as if the scan had succeeded.
  const isAnnounced = read.failed.length < total || reasons.some(({ current }) => current);
  if (failedScan === undefined || isAnnounced) return { total, reasons };
  const unannounced = { reason: failedScan.reason ?? "unknown reason", count: 1, firstAt: at, lastAt: at };
  return { total: total + 1, reasons: withFailure(reasons, { ...unannounced, current: true }) };
}

function withFailure(reasons: readonly FailureReason[], last: FailureReason): FailureReason[] {
  const same = reasons.find(({ reason }) => reason === last.reason);
  if (same === undefined) return [...reasons, last];
  const merged = { ...same, count: same.count + 1, lastAt: last.lastAt, current: true };
  return reasons.map((entry) => (entry === same ? merged : entry));
}

const noCounts: Counts = { ...byKind(() => 0), "scan-failed": 0 };

async function tallyByWatch({ deliveries, deliveryId }: GatherRequest): Promise<Map<string, Counts>> {
  const byWatch = new Map<string, Record<DiscoveryKind, number>>();
  for (const { watch, kind, count } of await deliveries.tally(deliveryId)) {
    if (count === 0) continue;
    const counts = byWatch.get(watch) ?? { ...noCounts };
    counts[kind] += count;
    byWatch.set(watch, counts);
  }
  return byWatch;
}
