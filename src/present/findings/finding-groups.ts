import type { Finding, FindingType } from "./finding.ts";

/** Findings that are told under one heading. */
export interface FindingGroup {
  readonly title: string;
  readonly isUrgent: boolean;
  readonly look: "bad" | "warn" | "info" | "good";
  readonly findings: readonly Finding[];
}

const headings: readonly (Omit<FindingGroup, "findings" | "isUrgent"> & { readonly types: readonly FindingType[] })[] =
  [
    { title: "Expiring", look: "warn", types: ["certificate-expiring"] },
    { title: "New", look: "info", types: ["new-device", "new-host", "new-port"] },
    { title: "Back", look: "good", types: ["device-returned", "host-returned", "port-returned"] },
    { title: "Gone", look: "warn", types: ["device-gone", "host-gone", "port-gone"] },
    {
      title: "Changed",
      look: "info",
      types: ["flapping", "device-address-changed", "changed", "certificate-changed", "certificate-new"],
    },
  ];

/** What cannot wait first, whatever its type; then the rest by what became of it. Empty groups are left out. */
export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const rest = headings.map(({ title, look, types }) => ({
    title,
    isUrgent: false,
    look,
    findings: findings.filter(({ type, isUrgent }) => !isUrgent && types.includes(type)),
  }));
  const urgent = {
    title: "Urgent",
    isUrgent: true,
    look: "bad" as const,
    findings: findings.filter(({ isUrgent }) => isUrgent),
  };
  return [urgent, ...rest].filter((group) => group.findings.length > 0);
}
