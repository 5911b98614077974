import type { MessageForm } from "../../../core/delivery.ts";

/** How much a report lists. Its counts are exact even if entries are left out. */
export interface ReportLimits {
  /** Maximum number of hosts listed for one kind in one section. */
  readonly hosts: number;
  /** Approximate size of the listed hosts with their evidence, in all sections, in bytes. */
  readonly bytes: number;
}

/**
 * A mail must be readable, and small enough for mail servers (many refuse more than 10 MB). A file is the complete record.
 * A short message has only a few lines, but needs the other findings to count them.
 */
export function defaultReportLimits({ kind }: MessageForm): ReportLimits {
  if (kind === "file") return { hosts: Number.POSITIVE_INFINITY, bytes: 20_000_000 };
  return { hosts: 2_000, bytes: 2_000_000 };
}
