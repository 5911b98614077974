import type { Backlog } from "../core/store.ts";
import type { Figures } from "../web/metrics/figures.ts";
import type { Harbinger } from "./compose.ts";
import type { WatchRounds } from "./watch-rounds.ts";

/** A database that answers later than this counts as not answering: Prometheus waits ten seconds for everything. */
const storeLimitMs = 5000;

export interface FiguresParts {
  readonly rounds: WatchRounds;
  /** Ends what is counted. */
  readonly signal: AbortSignal;
}

/** What the metrics show now. The database is asked one thing, which its indices answer. */
export async function figuresOf(harbinger: Harbinger, { rounds, signal }: FiguresParts): Promise<Figures> {
  const { store, clock, log, counters, inbound } = harbinger;
  // Without pages at the start nothing was counted until now.
  void counters.follow({ store, clock, log, signal });
  const startedAt = clock.monotonic();
  const backlog = await backlogOf(harbinger);
  return {
    ...counters.figures,
    accepting: inbound?.counters,
    watches: rounds.states().map(({ watch: { name }, isRunning, nextAt }) => ({
      watch: name,
      isRunning,
      nextAt,
      last: counters.lastScanOf(name),
    })),
    backlog,
    storeMs: clock.monotonic() - startedAt,
    now: clock.now(),
  };
}

async function backlogOf({ store, clock }: Harbinger): Promise<readonly Backlog[] | undefined> {
  const done = new AbortController();
  try {
    return await Promise.race([
      store.deliveries.backlog(),
      clock.sleep(storeLimitMs, done.signal).then(() => undefined),
    ]);
  } catch {
    return undefined;
  } finally {
    done.abort();
  }
}
