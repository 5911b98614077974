/** The wording of reports in the layout of the earlier tool, including their subject. */

import type { DeviceBrief } from "../../core/device.ts";
import type { Discovery } from "../../core/discovery.ts";
import type { FindingKind } from "../../core/discovery-kinds.ts";
import { hostLiteral } from "../../core/host-literal.ts";
import { everyPort, formatPorts } from "../../core/ports.ts";
import { safeText } from "../../core/safe-text.ts";
import {
  type Failures,
  type Listing,
  leftOut,
  leftOutFailures,
  type Report,
  type Section,
  type Totals,
  totalsOf,
} from "../../present/findings/report.ts";
import { partialReason, whereToReadAll } from "../../present/findings/watch-words.ts";
import { line } from "../../present/text/short-text.ts";
import { countedKind, kindsInTotals, leftOutNoun } from "./kind-words.ts";

/**
 * `Harbinger Report for LABEL: ` and the result, in the words of the earlier tool (also `1 scan failures`, because
 * mail filters match it). Findings that the earlier tool did not have follow in parentheses.
 */
export function reportSubject(report: Report): string {
  const totals = totalsOf(report);
  const others = otherTotals(totals);
  const suffix = others.length === 0 ? "" : ` (${others.join(", ")})`;
  return `Harbinger Report for ${safeText(report.label, { limit: 200 })}: ${mainResult(totals)}${suffix}`;
}

function mainResult(totals: Totals): string {
  if (totals.new > 0 && totals.failures > 0) {
    return `${totals.new} new hosts detected, ${totals.failures} scan failures`;
  }
  if (totals.failures > 0) return "Scan failures detected";
  if (totals.new > 0) return `${totals.new} new host${totals.new === 1 ? "" : "s"} detected`;
  return "No new hosts detected";
}

function otherTotals(totals: Totals): string[] {
  const parts = kindsInTotals.filter((kind) => totals[kind] > 0).map((kind) => countedKind(totals[kind], kind));
  if (totals.partial > 0) parts.push(`${totals.partial} partial ${totals.partial === 1 ? "scan" : "scans"}`);
  return parts;
}

/** `Port 22 (SSH)`, `Ports 80,443,8000-8100`, or the name of a watch that is no longer configured. */
export function sectionTitle(section: Section): string {
  if (section.isOfDevices === true) return "Devices";
  if (section.ports.length === 0) return `${line(section.watch)} (no longer configured)`;
  const ports = `${section.ports.length === 1 ? "Port" : "Ports"} ${safeText(formatPorts(section.ports), { limit: 200 })}`;
  return section.portLabel === undefined || section.portLabel === "" ? ports : `${ports} (${line(section.portLabel)})`;
}

/** The address alone if the title has the port, otherwise `address:port`; or that every tried port answers. */
export function endpointOf(section: Section, { address, port, device, mac }: Discovery): string {
  if (address === undefined && (device?.mac ?? mac) !== undefined) return deviceOf(device, mac ?? "");
  if (address === undefined) return port === undefined ? "unknown address" : `unknown address, port ${port}`;
  const host = line(address);
  if (port === everyPort) return `${host} (every tried port answers)`;
  const isTitlePort = section.ports.length === 1 && section.ports[0] === port;
  return port === undefined || isTitlePort ? host : `${line(hostLiteral(address))}:${port}`;
}

function deviceOf(device: DeviceBrief | undefined, mac: string): string {
  const parts = [device?.name, device?.addresses.slice(0, 4).join(", "), device?.vendor, `MAC ${device?.mac ?? mac}`];
  return parts.flatMap((part) => (part === undefined || part === "" ? [] : [line(part)])).join(", ");
}

/** Replaces the list of new hosts if there are none. `undefined`: the scan of this run proves nothing about new hosts. */
export function nothingNew(section: Section): string | undefined {
  if (section.findings.new.total > 0) return undefined;
  if (section.isOfDevices === true) return undefined;
  if (section.status === "complete") return "No new hosts detected.";
  if (section.status === "partial")
    return `No new hosts detected in the part that was scanned: ${partialReason(section)}`;
  return undefined;
}

export function firstScanRemark(section: Section): string | undefined {
  if (!section.firstScan) return undefined;
  return section.findings.new.total > 0
    ? "First scan of this watch: every host is listed as new."
    : "First scan of this watch.";
}

/** The number of entries that a listing omits, and where to read them; `undefined` if it is complete. */
export function leftOutRemark(listing: Listing, kind: FindingKind, report: Report): string | undefined {
  const missing = leftOut(listing);
  return remark(missing, listing.shown.length, leftOutNoun(missing, kind), report);
}

export function leftOutFailuresRemark(failures: Failures, report: Report): string | undefined {
  const missing = leftOutFailures(failures);
  return remark(missing, failures.reasons.length, missing === 1 ? "scan failure" : "scan failures", report);
}

function remark(missing: number, shown: number, noun: string, report: Report): string | undefined {
  if (missing === 0) return undefined;
  return `... and ${missing}${shown === 0 ? "" : " more"} ${noun}: ${whereToReadAll(report)}`;
}
