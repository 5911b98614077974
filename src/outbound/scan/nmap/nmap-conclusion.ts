import type { Address } from "../../../core/address.ts";
import { formatPorts, type Port } from "../../../core/ports.ts";
import { safeText } from "../../../core/safe-text.ts";
import type { ScanResult } from "../../../core/scan-engine.ts";
import type { ShellOutcome } from "../../../platform/shell.ts";
import { maxSkipped } from "../../../wire/nmap-xml/parse.ts";
import { errorSuffix, failureText, joinReasons } from "../command/failure-text.ts";
import type { NmapCall } from "./nmap-call.ts";
import { nmapComplaints } from "./nmap-complaints.ts";
import { nmapCoverage, nmapRequested } from "./nmap-coverage.ts";
import type { ResultReading } from "./nmap-result.ts";
import { countAddresses, type RequestedTargets, requestedRanges, unresolvedNames } from "./requested-targets.ts";
import type { SightingBatches } from "./sighting-batches.ts";

const shownEnd = 128 * 1024;
const shownTargets = 10;

/** What is known after a run of nmap. */
export interface NmapRun {
  /** As configured, with the ports filled in. */
  readonly commandLine: string;
  readonly timeoutMs: number;
  readonly ports: readonly Port[];
  readonly call: NmapCall | undefined;
  /** What the call was told to scan; `undefined` where that is unknown. */
  readonly requested: RequestedTargets | undefined;
  /** A handshake from this machine is the same probe. */
  readonly isFromHere: boolean;
  readonly outcome: ShellOutcome;
  /** Why it was stopped before its end. */
  readonly stopped: string | undefined;
  readonly reading: ResultReading;
  /** `xml` lists the ports that were scanned, `text` does not. */
  readonly source: "xml" | "text";
  readonly batches: SightingBatches;
  readonly notes: readonly string[];
}

/**
 * The result of the scan. It is `complete` only where nmap reports that it finished, scanned everything in the command line,
 * and printed no complaint: "no new hosts" must never mean "could not scan".
 */
export function concludeNmapRun(run: NmapRun): ScanResult {
  const complaints = nmapComplaints(`${run.outcome.stderr}\n${ends(run.outcome.stdout)}`);
  const notes = [...run.notes, ...complaints.notes];
  if (run.stopped !== undefined) {
    return { status: "partial", engine: "nmap", coverage: { kind: "none" }, reason: run.stopped, notes };
  }
  const failure = failureOf(run);
  if (failure !== undefined) {
    return { status: "failed", engine: "nmap", coverage: { kind: "none" }, reason: failure, notes };
  }
  if (run.outcome.kind === "exited" && run.outcome.code !== 0) {
    notes.push(`The command line ended with return code ${run.outcome.code} after nmap had finished`);
  }
  const scanned = scannedOf(run);
  const gaps = [...complaints.gaps];
  const missing = run.ports.filter((port) => !scanned.includes(port));
  if (missing.length > 0) gaps.push(`nmap did not scan port ${formatPorts(missing)}`);
  const { count: timedOut } = run.batches.timedOut;
  if (timedOut > 0) gaps.push(`nmap gave up on ${timedOut} ${timedOut === 1 ? "host" : "hosts"} that took too long`);
  if (run.batches.full) gaps.push(`More than ${run.batches.found} open ports were found, the rest was not read`);
  const skipped = run.reading.kind === "read" ? (run.reading.skipped ?? []) : [];
  const reported = { skipped: new Set([...skipped, ...complaints.unresolved]), taken: run.batches.targetNames };
  const ranges = run.requested === undefined ? undefined : requestedRanges(run.requested, reported);
  const unresolved = run.requested === undefined ? [] : unresolvedNames(run.requested, reported);
  const leftOut = [...new Set([...skipped, ...unresolved])];
  // nmap's own sentence has the reason.
  const unmentioned = leftOut.filter((target) => !gaps.some((gap) => gap.includes(target)));
  if (unmentioned.length > 0) gaps.push(leftOutText(unmentioned));
  const expected = ranges === undefined ? undefined : countAddresses(ranges);
  const scannedHosts = run.reading.kind === "read" ? run.reading.hostsTotal : undefined;
  const hasScannedLess = expected !== undefined && scannedHosts !== undefined && BigInt(scannedHosts) < expected;
  if (hasScannedLess) gaps.push(`nmap scanned only ${scannedHosts} of ${expected} addresses`);
  const facts = {
    ranges,
    ports: run.ports.filter((port) => scanned.includes(port)),
    allPortsScanned: missing.length === 0,
    hasUnknownGap:
      hasScannedLess ||
      skipped.length === maxSkipped ||
      complaints.gaps.some((gap) => !isOfLeftOutTarget(gap) && !skipped.some((target) => gap.includes(target))),
    targetsLeftOut: leftOut.length > 0 || complaints.gaps.some(isOfLeftOutTarget),
    batches: run.batches,
  };
  const { batches, requested } = run;
  // A single packet to each port may get lost.
  const isSilenceProof = requested !== undefined && !requested.isHasty;
  const ended = {
    engine: "nmap",
    coverage: nmapCoverage(facts),
    notes,
    silence: {
      requested: nmapRequested(facts),
      isProof: (address: Address, port: Port) => batches.isNotOpen(address, port, !run.isFromHere && isSilenceProof),
      isFromHere: run.isFromHere,
    },
  };
  if (gaps.length === 0) return { status: "complete", ...ended };
  return { status: "partial", ...ended, reason: joinReasons(gaps) };
}

function leftOutText(targets: readonly string[]): string {
  const shown = targets.slice(0, shownTargets).map((target) => safeText(target, { limit: 100 }));
  const more = targets.length > shown.length ? ` and ${targets.length - shown.length} more` : "";
  return `nmap left out ${shown.join(", ")}${more}: no such name, no route, or not a target`;
}

/** Why absence proves nothing. */
function failureOf(run: NmapRun): string | undefined {
  const { outcome, reading } = run;
  const command = safeText(run.commandLine.trim(), { multiline: true });
  const errors = errorSuffix(outcome.stderr);
  if (reading.kind === "read" && reading.exit === "error" && outcome.kind === "exited") {
    const reason = safeText(reading.errorMessage ?? "it gave no reason");
    const code = outcome.code === 0 ? "" : ` with return code ${outcome.code}`;
    return `nmap failed${code}: ${command} - ${reason}${outcome.stderr.includes(reason) ? "" : errors}`;
  }
  const finished = reading.kind === "read" && reading.complete && reading.exit === "success";
  // The status of `nmap ... | grep ...` is that of grep.
  const statusIsNmaps = run.call?.isAlone ?? false;
  if (outcome.kind !== "exited" || (outcome.code !== 0 && (statusIsNmaps || !finished))) {
    return failureText("nmap", run.commandLine, outcome, run.timeoutMs);
  }
  if (reading.kind === "empty") return `nmap gave no result: ${command}${errors}`;
  if (!reading.complete) return `nmap's result is ${reading.problem ?? "incomplete"}: ${command}${errors}`;
  if (!finished) return `nmap did not finish: ${command}${errors}`;
  if (reading.hostsTotal === 0) return `nmap scanned no address: ${command}${errors}`;
  if (scannedOf(run).length === 0) {
    return `nmap scanned no TCP port ${formatPorts(run.ports)}: ${command}${errors}`;
  }
  return undefined;
}

/** The watched ports that nmap reports as scanned. Its text output does not list them; then all count as scanned. */
function scannedOf(run: NmapRun): readonly Port[] {
  if (run.source === "text" || run.reading.kind === "empty") return run.ports;
  const scanned = new Set(run.reading.scannedPorts ?? []);
  return run.ports.filter((port) => scanned.has(port));
}

function isOfLeftOutTarget(gap: string): boolean {
  return gap.startsWith("Failed to resolve ") || gap.startsWith("Unable to split netmask");
}

/** The beginning and the end, where nmap prints complaints. */
function ends(text: string): string {
  return text.length <= 2 * shownEnd ? text : `${text.slice(0, shownEnd)}\n${text.slice(-shownEnd)}`;
}
