/** What a run found, for people at a terminal, in the words of reports. Safe to print. */
import type { Discovery } from "../../core/discovery.ts";
import { byKind } from "../../core/discovery-kinds.ts";
import type { ScanSummary } from "../../core/scan-store.ts";
import type { Watch } from "../../core/watch.ts";
import { listWithin, shortText } from "../text/short-text.ts";
import type { Finding } from "./finding.ts";
import { foundLines, lineOf, portsWords } from "./finding-words.ts";
import { headlineOf } from "./headline.ts";
import { isOfDevice } from "./kind-words.ts";
import { mergeFailures } from "./merge-failures.ts";
import { byAddress } from "./merge-findings.ts";
import type { Report, Section } from "./report.ts";

/** A watch that ran, and what it found. */
export interface FoundByWatch {
  readonly run: {
    readonly watch: Watch;
    readonly summary: Pick<ScanSummary, "scanId" | "firstScan" | "counts">;
    readonly status: Section["status"];
    readonly reason?: string | undefined;
  };
  readonly found: readonly Discovery[];
}

/** One section for each watch that ran, with everything that it found. */
export function runSections(watches: readonly FoundByWatch[]): Section[] {
  return asOneRun(watches).map(sectionOf);
}

/** One report about a whole run, for all audiences; it has no delivery. */
export function runReport(sections: readonly Section[], wholeHosts: Report["wholeHosts"]): Report {
  return { label: "", deliveryId: 0, generatedAt: 0, sections, wholeHosts };
}

/** A host that is new in this run is new to each watch of the run, whichever finished first. */
function asOneRun(watches: readonly FoundByWatch[]): FoundByWatch[] {
  const all = watches.flatMap(({ found }) => found);
  const newHosts = new Set(
    all.filter(({ kind, isKnownHost }) => kind === "new" && isKnownHost !== true).map(({ address }) => address),
  );
  return watches.map(({ run, found }) => ({
    run,
    found: found.map((one) => (one.kind === "new" && newHosts.has(one.address) ? { ...one, isKnownHost: false } : one)),
  }));
}

function sectionOf({ run, found }: FoundByWatch): Section {
  const { watch, summary, status, reason } = run;
  const failed = found.filter(({ kind }) => kind === "scan-failed");
  return {
    watch: watch.name,
    ports: watch.ports,
    portLabel: watch.portLabel,
    examined: false,
    status,
    sighted: summary.counts.sighted,
    reason,
    notes: [],
    firstScan: summary.firstScan,
    findings: byKind((kind) => {
      const shown = found.filter((one) => one.kind === kind);
      return { total: shown.length, shown };
    }),
    failures: { total: failed.length, reasons: mergeFailures(failed, summary.scanId) },
  };
}

/** `Scanned lan: 2 new devices, 1 host gone`, in the words of a report's subject. */
export function findingsHeading(report: Report, findings: readonly Finding[]): string {
  const names = report.sections.map(({ watch }) => shortText(watch, 60));
  return `Scanned ${listWithin(names, 60)}: ${headlineOf(report, findings)}`;
}

export interface FindingLines {
  /** Urgent findings, and failed scans: never cut. */
  readonly urgent: readonly string[];
  /** The other findings, in order of address. */
  readonly others: readonly string[];
}

/** One line for each finding: `New ports on 192.168.50.10 (nas): 8080`. */
export function findingLines(report: Report, findings: readonly Finding[]): FindingLines {
  const inOrder = [...findings].sort(byAddress);
  return {
    urgent: [
      ...inOrder.filter(({ isUrgent }) => isUrgent).map(findingLine),
      ...report.sections.flatMap(({ watch, failures }) =>
        failures.reasons.map(({ reason }) => `Scan of ${shortText(watch, 60)} failed: ${shortText(reason, 300)}`),
      ),
    ],
    others: inOrder.filter(({ isUrgent }) => !isUrgent).map(findingLine),
  };
}

const linesShown = 25;
/** At least this many of the others are shown, however many urgent lines there are. */
const minOthers = 5;

/** The lines that fit on a screen, and how many are left out. Urgent lines are never left out. */
export function withinRoom({ urgent, others }: FindingLines): { readonly shown: string[]; readonly rest: number } {
  const room = Math.max(minOthers, linesShown - urgent.length);
  const fitting = others.length <= room ? others : others.slice(0, room - 1);
  return { shown: [...urgent, ...fitting], rest: others.length - fitting.length };
}

function findingLine(finding: Finding): string {
  if (!isOfDevice(finding)) return [lineOf(finding, "full"), ...detailsOf(finding)].join(": ");
  const ports = portsWords(finding, "full");
  const line = lineOf(finding, "short");
  return [ports === undefined ? line : `${line}, ${ports}`, ...detailsOf(finding)].join(": ");
}

function detailsOf(finding: Finding): string[] {
  return foundLines(finding).map((found) => shortText(found, 300));
}
