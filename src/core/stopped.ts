import type { ScanRecord } from "./scan-record.ts";

/**
 * Work was stopped on purpose: the reason of an `AbortSignal`. The message says by whom or by what, as it is shown in logs, lists and
 * reports: `stopped by ann on the pages`, `stopped because its configuration changed`. It is no fault of what was stopped.
 */
export class Stopped extends Error {
  constructor(message: string) {
    super(message);
    // What waits for the signal rejects with its reason, and is recognised by this name.
    this.name = "AbortError";
  }
}

/** Whether a stored reason, which may have several parts, says that the work was stopped on purpose. */
export function wasStopped(reason: string | undefined): boolean {
  return reason !== undefined && /(?:^|; )stopped (?:by|because) /.test(reason);
}

/** Whether a scan is partial because somebody stopped it. */
export function isStoppedScan({ status, reason }: Pick<ScanRecord, "status" | "reason">): boolean {
  return status === "partial" && wasStopped(reason);
}

/** Why the work of an aborted signal ended before its time, as text. */
export function stopReason(signal: AbortSignal): string {
  return signal.reason instanceof Stopped ? signal.reason.message : "stopped before its end";
}
