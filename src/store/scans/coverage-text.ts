import type { Coverage } from "../../core/coverage.ts";
import { formatRange } from "../../core/network.ts";
import { formatPorts } from "../../core/ports.ts";
import { safeText } from "../../core/safe-text.ts";

/** Characters kept of what a scan covered. */
const limit = 4000;
const rangesShown = 100;

/** The real coverage of a scan as text, for people. */
export function describeCoverage(coverage: Coverage): string {
  if (coverage.kind === "none") return "nothing";
  if (coverage.kind === "all") {
    const count = coverage.except?.length ?? 0;
    return `everything the engine is responsible for${count > 0 ? `, except ${count} endpoints` : ""}`;
  }
  const ranges = coverage.ranges.slice(0, rangesShown).map(formatRange).join(", ");
  const more = coverage.ranges.length > rangesShown ? ` and ${coverage.ranges.length - rangesShown} more ranges` : "";
  const except = coverage.except.length > 0 ? `, except ${coverage.except.length} endpoints` : "";
  return safeText(`${ranges}${more} on ports ${formatPorts(coverage.ports)}${except}`, { limit });
}
