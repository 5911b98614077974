import type { Clock } from "../core/clock.ts";
import type { ChannelName } from "../core/delivery.ts";
import type { Store } from "../core/store.ts";

const maxMadeDue = 10_000;

/**
 * Retries every waiting delivery now. Dead ones stay dead.
 * @param channels limits it to these; default: all
 */
export async function makeDue(store: Store, clock: Clock, channels?: readonly ChannelName[]): Promise<void> {
  const waiting = (await store.deliveries.list({ states: ["queued"], limit: maxMadeDue })).rows;
  await store.deliveries.retry(
    waiting.filter(({ channel }) => channels?.includes(channel) ?? true).map(({ id }) => id),
    clock.now(),
  );
}
