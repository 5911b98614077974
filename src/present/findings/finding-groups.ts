import { findingEntry, reportSections } from "../../core/discovery-kinds.ts";
import type { Finding } from "./finding.ts";

/** Findings under one heading. */
export interface FindingGroup {
  readonly title: string;
  readonly isUrgent: boolean;
  readonly look: "bad" | "warn" | "info" | "good";
  readonly findings: readonly Finding[];
}

/** Urgent findings of every type first, then the others by section. Empty groups are left out. */
export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const bySection = Map.groupBy(findings, ({ type, isUrgent }) => {
    const { section } = findingEntry(type);
    if (isUrgent) return "urgent";
    return section === "urgent" ? "over" : section;
  });
  return Object.entries(reportSections).flatMap(([section, { title, look }]) => {
    const group = bySection.get(section as keyof typeof reportSections) ?? [];
    return group.length === 0 ? [] : [{ title, look, isUrgent: section === "urgent", findings: group }];
  });
}
