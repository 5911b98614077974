import { type FindingType, findingEntry, findingKinds } from "../../core/discovery-kinds.ts";
import type { Finding } from "./finding.ts";
import type { Report } from "./report.ts";

/** Whether a first scan, which has nothing to compare with, can have such findings. */
function canBeInFirstScan(type: FindingType): boolean {
  const { section, isInFirstScan } = findingEntry(type);
  return section === "urgent" || section === "expiring" || section === "new" || isInFirstScan === true;
}

/** Whether everything in the report comes from first scans, in which everything is new. */
export function isOfFirstScan({ sections }: Report, findings: readonly Finding[]): boolean {
  const found = sections.filter((section) => findingKinds.some((kind) => section.findings[kind].total > 0));
  const arrived = findings.filter(({ type }) => findingEntry(type).section === "new");
  return (
    arrived.length > 0 &&
    arrived.every(({ isFirstScan }) => isFirstScan) &&
    findings.every(({ type }) => canBeInFirstScan(type)) &&
    found.every(({ firstScan, isOfDevices }) => firstScan || isOfDevices === true)
  );
}

export const firstScanRemark = "First scan: everything that answers is listed as new.";
