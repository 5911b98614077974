import { parseDuration } from "../core/duration.ts";
import type { Port } from "../core/ports.ts";
import { parseRecipient, splitList } from "../core/recipients.ts";
import type { ScanPlan, Watch } from "../core/watch.ts";
import { type PortSection, portsOf, type WatchEntry } from "./schema.ts";

/** What a report says of a section that names a port and no way to scan it. */
const noScanMethod = "No scan method defined";

/** A user's command is ended after five minutes, as ever; nmap over a large network needs longer. */
const commandTimeoutMs = 5 * 60_000;
const nmapTimeoutMs = 60 * 60_000;

/** The section with everything that it leaves open filled in. */
export function completePortSection(section: PortSection): PortSection {
  return { ...section, label: section.label ?? `Port_${section.port}`, ...shownReportOn(section) };
}

/** The entry with everything that it leaves open filled in. */
export function completeWatchEntry(name: string, entry: WatchEntry): WatchEntry {
  return { ...entry, label: entry.label ?? name, ...shownReportOn(entry) };
}

/** A watch that runs by itself many times a day is heard of when there is news; a daily one always. */
function reportOn(section: PortSection | WatchEntry): "always" | "changes" {
  return section.report_on ?? (section.schedule === undefined ? "always" : "changes");
}

/** With `notify` an `always` that is written out means more than by default (see `Watch.alwaysPush`): not filled in. */
function shownReportOn(section: PortSection | WatchEntry): { readonly report_on?: "always" | "changes" } {
  const isLeftOpen = section.notify !== undefined && section.report_on === undefined;
  return isLeftOpen && reportOn(section) === "always" ? {} : { report_on: reportOn(section) };
}

export function watchOfPortSection(name: string, section: PortSection): Watch {
  return { ...watchOf(name, [Number(section.port)], completePortSection(section)), reportStyle: "legacy" };
}

export function watchOfEntry(name: string, entry: WatchEntry): Watch {
  return watchOf(name, portsOf(entry.ports, entry.exclude_ports), completeWatchEntry(name, entry));
}

function watchOf(name: string, ports: readonly Port[], section: PortSection | WatchEntry): Watch {
  const notify = unique(splitList(section.notify));
  const recheckMs = section.recheck === undefined ? undefined : parseDuration(section.recheck);
  return {
    name,
    label: String(section.label ?? name),
    ...(section.port_label === undefined ? {} : { portLabel: String(section.port_label) }),
    ports,
    recipients: unique(splitList(section.email).flatMap((text) => parseRecipient(text) ?? [])),
    ...(notify.length === 0 ? {} : { notify }),
    ...(notify.length > 0 && section.report_on === "always" ? { alwaysPush: true } : {}),
    scan: scanPlanOf(section),
    ...(section.post_command === undefined ? {} : { postCommand: section.post_command }),
    checks: unique(splitList(section.checks)),
    ...(recheckMs === undefined ? {} : { recheckMs }),
    ...(section.schedule === undefined ? {} : { schedule: section.schedule.trim() }),
    ...(section.only_on_schedule === true ? { onlyOnSchedule: true } : {}),
    goneAfter: section.gone_after,
    reportOn: reportOn(section),
  };
}

function scanPlanOf(section: PortSection | WatchEntry): ScanPlan {
  const timeoutMs = section.timeout === undefined ? undefined : parseDuration(section.timeout);
  if (section.targets !== undefined) {
    return { engine: "connect", targets: splitList(section.targets), exclude: splitList(section.exclude) };
  }
  if (section.nmap_scan !== undefined) {
    return { engine: "nmap", commandLine: section.nmap_scan, timeoutMs: timeoutMs ?? nmapTimeoutMs };
  }
  if (section.command !== undefined) {
    return { engine: "command", commandLine: section.command, timeoutMs: timeoutMs ?? commandTimeoutMs };
  }
  return { engine: "none", reason: noScanMethod };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
