/**
 * Work was stopped on purpose: the reason of an `AbortSignal`. The message says by whom or by what, as it is shown in logs, lists and
 * reports: `stopped by ann on the pages`. It is no fault of what was stopped.
 */
export class Stopped extends Error {
  constructor(message: string) {
    super(message);
    // What waits for the signal rejects with its reason, and is recognised by this name.
    this.name = "AbortError";
  }
}

/** Why the work of an aborted signal ended before its time, as text. */
export function stopReason(signal: AbortSignal): string {
  return signal.reason instanceof Stopped ? signal.reason.message : "stopped before its end";
}
