import { formatRange, parseRange } from "../../../core/network.ts";
import { formatPorts } from "../../../core/ports.ts";
import { safeText } from "../../../core/safe-text.ts";
import type { ScanEngine, ScanJob, ScanObserver, ScanResult } from "../../../core/scan-engine.ts";
import type { ConnectPlan } from "../../../core/watch.ts";
import { type NmapRequest, understandNmapCommand } from "./nmap-arguments.ts";
import type { NmapPlan } from "./nmap-plan.ts";
import { readNmapTarget } from "./nmap-targets.ts";

/**
 * Scans where nmap is not installed: with the built-in scanner if it supports the command line; otherwise the scan fails, and its
 * reason names the unsupported option.
 */
export async function scanWithoutNmap(
  substitute: ScanEngine<ConnectPlan> | undefined,
  job: ScanJob<NmapPlan>,
  observer: ScanObserver,
  signal: AbortSignal,
): Promise<ScanResult> {
  const understood = understandNmapCommand(job.plan.commandLine, job.ports);
  if (understood.kind === "not-understood") {
    return failed(`nmap is not installed, and the built-in scanner does not support ${understood.what}. Install nmap`);
  }
  if (substitute === undefined) return failed("nmap is not installed. Install nmap");
  const { request } = understood;
  const ports = job.ports.filter((port) => request.ports?.includes(port) ?? true);
  const missing = job.ports.filter((port) => !ports.includes(port));
  if (ports.length === 0) return failed(`The command line does not scan port ${formatPorts(job.ports)}`);
  const plan: ConnectPlan = {
    engine: "connect",
    targets: request.targets.flatMap(asConnectTarget),
    exclude: request.exclude.flatMap(asConnectTarget),
  };
  const result = await substitute.scan({ plan, ports }, observer, signal);
  const notes = ["nmap is not installed; the built-in scanner ran instead", ...notApplied(request), ...result.notes];
  if (missing.length === 0 || result.status !== "complete") return { ...result, notes };
  const reason = `The command line does not scan port ${formatPorts(missing)}`;
  return { ...result, status: "partial", reason, notes };
}

function failed(reason: string): ScanResult {
  return { status: "failed", engine: "nmap", coverage: { kind: "none" }, reason: safeText(reason), notes: [] };
}

/** The built-in scanner does not read octet lists of nmap, so they become ranges. */
function asConnectTarget(target: string): readonly string[] {
  if (parseRange(target) !== undefined) return [target];
  const read = readNmapTarget(target);
  return read.kind === "ranges" ? read.ranges.map(formatRange) : [target];
}

/** A note for users who requested a slow scan: the built-in scanner has its own rate. */
function notApplied(request: NmapRequest): readonly string[] {
  const options = [
    ...(request.maxRate === undefined ? [] : [`--max-rate ${request.maxRate}`]),
    ...(request.timing === undefined || request.timing > 1 ? [] : [`-T${request.timing}`]),
  ];
  return options.length === 0 ? [] : [`The built-in scanner uses its own rate and ignores ${options.join(" and ")}`];
}
