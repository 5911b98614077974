import type { Clock } from "../core/clock.ts";
import type { ChannelName } from "../core/delivery.ts";
import type { Store } from "../core/store.ts";

const mostMadeDue = 10_000;

/**
 * Everything that waits for its next attempt may be tried now. What was given up stays given up.
 * @param channels of these alone; default: of all
 */
export async function makeDue(store: Store, clock: Clock, channels?: readonly ChannelName[]): Promise<void> {
  const waiting = await store.deliveries.list({ states: ["queued"], limit: mostMadeDue });
  await store.deliveries.retry(
    waiting.filter(({ channel }) => channels?.includes(channel) ?? true).map(({ id }) => id),
    clock.now(),
  );
}
