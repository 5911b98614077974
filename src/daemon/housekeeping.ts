import { messageOf } from "../core/errors.ts";
import type { Harbinger } from "./compose.ts";

const everyMs = 60 * 60 * 1000;

/** Forgets what is old enough, at once and then each hour, until `signal` is aborted. A failure waits for the next hour. */
export async function keepHouse(harbinger: Harbinger, signal: AbortSignal): Promise<void> {
  const { clock } = harbinger;
  while (!signal.aborted) {
    await forget(harbinger);
    await clock.sleep(everyMs, signal);
  }
}

/** Once. */
export async function forget({ store, config, clock, log }: Harbinger): Promise<void> {
  const { reportsMs, connectionsMs, connectionsAtMost } = config.retention;
  const now = clock.now();
  try {
    const { deliveries, scans, certificates } = await store.prune({ before: now - reportsMs });
    const connections = await store.connections.prune({ before: now - connectionsMs, keepAtMost: connectionsAtMost });
    if (deliveries + scans + certificates + connections > 0) {
      log.info("forgot what is old", { deliveries, scans, certificates, connections });
    }
  } catch (error) {
    log.warn("old records could not be removed", { error: messageOf(error) });
  }
}
