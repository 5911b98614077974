import type { DiscoveryJson } from "../../present/discoveries/discovery-schema.ts";

/** The urgent kinds of `core/discovery-kinds.ts`, whose table is too large for the first load; a test compares them. */
const kinds = ["exposed", "certificate-expired", "address-moved"] as const satisfies readonly DiscoveryJson["kind"][];

const bad = new Set<DiscoveryJson["kind"]>([...kinds, "scan-failed"]);

/** As the value of a search for them. */
export const urgentKinds = kinds.join(",");

/** Shown in red. */
export function isUrgent(kind: DiscoveryJson["kind"]): boolean {
  return bad.has(kind);
}
