import type { Clock } from "../core/clock.ts";
import type { Store } from "../core/store.ts";

const mostMadeDue = 10_000;

/** Everything that waits for its next attempt may be tried now. What was given up stays given up. */
export async function makeDue(store: Store, clock: Clock): Promise<void> {
  const waiting = await store.deliveries.list({ states: ["queued"], limit: mostMadeDue });
  await store.deliveries.retry(
    waiting.map((delivery) => delivery.id),
    clock.now(),
  );
}
