import type { Clock } from "./clock.ts";
import { type EventId, type EventKind, type EventStore, maxEvents, type StoreEvent } from "./event.ts";

/** Other processes may record something, too: the feed is read again after this time at the latest. */
const readAgainMs = 5000;

/** Between two reads, so that a flood of connections is read in batches. */
const minPauseMs = 250;

/**
 * The feed of events as it grows, in batches, until `signal` is aborted. It ends then, and rejects where the store does.
 * @param after default: what is recorded from now on
 */
export async function* watchEvents(options: {
  readonly events: EventStore;
  readonly after?: EventId | undefined;
  readonly kinds?: readonly EventKind[] | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): AsyncGenerator<readonly StoreEvent[]> {
  const { events, kinds, clock, signal } = options;
  let after = options.after ?? (await events.latest());
  let wake = Promise.withResolvers<void>();
  using _subscription = events.subscribe(() => wake.resolve());
  while (!signal.aborted) {
    wake = Promise.withResolvers();
    const batch = await events.list({ after, kinds, limit: maxEvents });
    const last = batch.at(-1);
    if (last !== undefined) {
      yield batch;
      after = last.id;
    }
    if (batch.length >= maxEvents) continue;
    await clock.sleep(minPauseMs, signal);
    await sleepUntil(wake.promise, { clock, signal });
  }
}

/** Resolves with `woken`, after {@link readAgainMs}, or when `signal` is aborted. */
async function sleepUntil(
  woken: Promise<void>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
) {
  const over = new AbortController();
  const slept = clock.sleep(readAgainMs, AbortSignal.any([signal, over.signal]));
  await Promise.race([woken, slept]);
  over.abort();
  await slept;
}
