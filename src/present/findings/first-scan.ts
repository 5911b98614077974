import type { Finding, FindingType } from "./finding.ts";
import { findingKinds, type Report } from "./report.ts";

const arrivals: ReadonlySet<FindingType> = new Set(["new-device", "new-host", "new-port"]);

/** What a first look can find besides: it asks nothing of what was there before. */
const atFirstSight: ReadonlySet<FindingType> = new Set([
  ...arrivals,
  "exposed",
  "certificate-expired",
  "certificate-expiring",
  "certificate-new",
  "duplicate-address",
  "address-moved",
]);

/** Whether everything in the report comes from first scans, in which everything is new. */
export function isOfFirstScan({ sections }: Report, findings: readonly Finding[]): boolean {
  const found = sections.filter((section) => findingKinds.some((kind) => section.findings[kind].total > 0));
  const arrived = findings.filter(({ type }) => arrivals.has(type));
  return (
    arrived.length > 0 &&
    arrived.every(({ isFirstScan }) => isFirstScan) &&
    findings.every(({ type }) => atFirstSight.has(type)) &&
    found.every(({ firstScan, isOfDevices }) => firstScan || isOfDevices === true)
  );
}

export const firstScanRemark = "First scan: everything that answers is listed as new.";
