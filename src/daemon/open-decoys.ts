import type { Clock } from "../core/clock.ts";
import type { HarbingerError } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import type { InboundFlow } from "../inbound/flow.ts";

/** Delay of the first retry; it doubles with each further one. */
const firstRetryMs = 60_000;
const maxRetryMs = 3_600_000;

export interface DecoyParts {
  readonly inbound: Pick<InboundFlow, "start" | "startWhatOpens" | "openMore" | "endpoints">;
  readonly clock: Clock;
  readonly log: Log;
  /** No watches run besides the decoys. */
  readonly isAlone: boolean;
}

/** Decoys that are open, as far as they can be. */
export interface OpenDecoys {
  /** Some ports are not open yet. */
  readonly isIncomplete: () => boolean;
  /** Settles when everything is open, or at the end. */
  readonly retrying: () => Promise<void>;
  /** Retries now, because the ports to open may have changed. */
  readonly again: () => Promise<void>;
}

/**
 * Opens the decoys. If watches run besides, a port that cannot be opened is logged as an error and retried after a
 * minute, then with growing delays of up to an hour: scans must not stop for it.
 * @throws HarbingerError as `InboundFlow.start` does, if no watches run besides
 */
export async function openDecoys(parts: DecoyParts, signal: AbortSignal): Promise<OpenDecoys> {
  const { inbound, log } = parts;
  let failures: readonly HarbingerError[] = [];
  if (parts.isAlone) await inbound.start();
  else failures = await inbound.startWhatOpens();
  for (const failure of failures) tell(failure, log);
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
    const told = new Set(failures.map(({ message }) => message));
    const wereMissing = failures.length > 0;
    failures = await inbound.openMore();
    for (const failure of failures) if (!told.has(failure.message)) tell(failure, log);
    if (wereMissing && failures.length === 0) log.info("all decoys are open now");
  }
}

function tell(failure: HarbingerError, log: Log): void {
  log.error(`a decoy cannot be opened: ${failure.message}; retrying, everything else keeps running`, {
    remedy: failure.remedy,
  });
}
