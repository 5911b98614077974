import type { MessageForm } from "../../../core/delivery.ts";

/** How much a report lists. Its counts are exact even where entries are left out. */
export interface ReportLimits {
  /** Hosts listed of one kind in one section. */
  readonly hosts: number;
  /** About how much the listed hosts and their evidence take, over all sections, in bytes. */
  readonly bytes: number;
}

/**
 * A mail must be accepted by the servers on its way (many refuse more than 10 MB) and be readable; a file is the
 * whole record; a short message has a few lines and counts the other findings, so it needs them too.
 */
export function defaultReportLimits({ kind }: MessageForm): ReportLimits {
  if (kind === "file") return { hosts: Number.POSITIVE_INFINITY, bytes: 20_000_000 };
  return { hosts: 2_000, bytes: 2_000_000 };
}
