import type { Clock } from "../core/clock.ts";
import type { HarbingerError } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import type { InboundFlow } from "../inbound/flow.ts";

/** Delay of the first retry; it doubles each time. */
const firstRetryMs = 60_000;
const maxRetryMs = 3_600_000;

export interface DecoyParts {
  readonly inbound: Pick<InboundFlow, "start" | "startAvailable" | "openMore" | "endpoints">;
  readonly clock: Clock;
  readonly log: Log;
  /** Only decoys are configured. */
  readonly isAlone: boolean;
}

/** Decoys of which as many as possible are open. */
export interface OpenDecoys {
  /** Whether a port is still not open. */
  readonly isIncomplete: () => boolean;
  /** Resolves when everything is open, or at shutdown. */
  readonly retrying: () => Promise<void>;
  /** Retries at once, because the set of ports may have changed. */
  readonly again: () => Promise<void>;
}

/**
 * Opens the decoys. If watches are configured too, a port that cannot be opened is logged as an error and retried after a
 * minute, then less and less often, down to once an hour: it must not prevent scans.
 * @throws HarbingerError as `InboundFlow.start` does, if only decoys are configured
 */
export async function openDecoys(parts: DecoyParts, signal: AbortSignal): Promise<OpenDecoys> {
  const { inbound, log } = parts;
  let failures: readonly HarbingerError[] = [];
  if (parts.isAlone) await inbound.start();
  else failures = await inbound.startAvailable();
  for (const failure of failures) logFailure(failure, log);
  let retrying: Promise<void> | undefined;
  begin();
  return { isIncomplete: () => failures.length > 0, retrying: async () => retrying, again };

  async function again(): Promise<void> {
    await tryAgain();
    begin();
  }

  function begin(): void {
    if (failures.length === 0 || retrying !== undefined) return;
    retrying = retry().finally(() => {
      retrying = undefined;
    });
  }

  async function retry(): Promise<void> {
    for (let waitMs = firstRetryMs; failures.length > 0; waitMs = Math.min(2 * waitMs, maxRetryMs)) {
      await parts.clock.sleep(waitMs, signal);
      if (signal.aborted) return;
      await tryAgain();
    }
  }

  async function tryAgain(): Promise<void> {
    const logged = new Set(failures.map(({ message }) => message));
    const wereMissing = failures.length > 0;
    failures = await inbound.openMore();
    for (const failure of failures) if (!logged.has(failure.message)) logFailure(failure, log);
    if (wereMissing && failures.length === 0) log.info("all decoys are open now");
  }
}

function logFailure(failure: HarbingerError, log: Log): void {
  log.error(`cannot open a decoy: ${failure.message}; retrying, everything else continues`, {
    remedy: failure.remedy,
  });
}
