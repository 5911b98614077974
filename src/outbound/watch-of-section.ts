import type { Port } from "../core/ports.ts";
import { parseRecipient, splitList } from "../core/recipients.ts";
import type { ScanPlan, Watch } from "../core/watch.ts";
import { durationMs } from "../present/settings/value-schemas.ts";
import { selectedEngines } from "./scan/engines.ts";
import { type PortSection, portsToScan, type WatchEntry } from "./schema.ts";

/** The section with its defaults filled in. */
export function completePortSection(section: PortSection): PortSection {
  return { ...section, label: section.label ?? `Port_${section.port}`, ...shownReportOn(section) };
}

/** The entry with its defaults filled in. */
export function completeWatchEntry(name: string, entry: WatchEntry): WatchEntry {
  return { ...entry, label: entry.label ?? name, ...shownReportOn(entry) };
}

/** A watch with its own schedule, often many times a day, reports changes only; a daily one always reports. */
function reportOn(section: PortSection | WatchEntry): "always" | "changes" {
  return section.report_on ?? (section.schedule === undefined ? "always" : "changes");
}

/** With `notify`, an explicit `always` means more than the default (see `Watch.alwaysPush`), so it is not filled in. */
function shownReportOn(section: PortSection | WatchEntry): { readonly report_on?: "always" | "changes" } {
  const isLeftOpen = section.notify !== undefined && section.report_on === undefined;
  return isLeftOpen && reportOn(section) === "always" ? {} : { report_on: reportOn(section) };
}

export function watchOfPortSection(name: string, section: PortSection): Watch {
  return { ...watchOf(name, [Number(section.port)], completePortSection(section)), reportStyle: "legacy" };
}

export function watchOfEntry(name: string, entry: WatchEntry): Watch {
  return watchOf(name, portsToScan(entry.ports, entry.exclude_ports), completeWatchEntry(name, entry));
}

function watchOf(name: string, ports: readonly Port[], section: PortSection | WatchEntry): Watch {
  const notify = unique(splitList(section.notify));
  return {
    name,
    label: String(section.label ?? name),
    portLabel: section.port_label === undefined ? undefined : String(section.port_label),
    ports,
    recipients: unique(splitList(section.email).flatMap((text) => parseRecipient(text) ?? [])),
    notify: notify.length === 0 ? undefined : notify,
    alwaysPush: notify.length > 0 && section.report_on === "always" ? true : undefined,
    scan: scanPlanOf(section),
    postCommand: section.post_command,
    checks: unique(splitList(section.checks)),
    recheckMs: section.recheck === undefined ? undefined : durationMs(section.recheck),
    schedule: section.schedule?.trim(),
    onlyOnSchedule: section.only_on_schedule === true ? true : undefined,
    goneAfter: section.gone_after,
    reportOn: reportOn(section),
  };
}

function scanPlanOf(section: PortSection | WatchEntry): ScanPlan {
  const [selected] = selectedEngines(section);
  if (selected === undefined) return { engine: "none" };
  const { engine, value } = selected;
  const timeoutMs = section.timeout === undefined ? engine.timeoutMs : durationMs(section.timeout);
  return engine.plan(value, { exclude: splitList(section.exclude), timeoutMs: timeoutMs ?? Number.POSITIVE_INFINITY });
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
