import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { countIn, type Store } from "../core/store.ts";
import type { InboundFlow } from "../inbound/flow.ts";
import type { HealthJson, HealthOfPart } from "../present/health/health-schema.ts";
import { plural } from "../present/text/plural.ts";

export interface HealthOptions {
  readonly store: Pick<Store, "trustedTime" | "deliveries">;
  readonly inbound?: Pick<InboundFlow, "examine"> | undefined;
  readonly clock: Clock;
}

/** A local port that does not accept within this time does not work. */
const acceptMs = 2000;
const databaseMs = 3000;
/** A message that failed and has waited this long is stuck. */
const stuckAfterMs = 60 * 60_000;

/** Checks all parts in parallel, in at most three seconds. Its connections are neither recorded nor alerted on. */
export async function examineHealth(options: HealthOptions): Promise<HealthJson> {
  const found = await Promise.all([
    listenersOf(options),
    within(databaseMs, options.clock, "database", () => examineDatabase(options)),
    within(databaseMs, options.clock, "deliveries", () => examineDeliveries(options)),
  ]);
  const parts = found.flat();
  return { healthy: parts.every(({ healthy }) => healthy), parts };
}

async function listenersOf({ inbound }: HealthOptions): Promise<readonly HealthOfPart[]> {
  const found = (await inbound?.examine(acceptMs)) ?? [];
  return found.map(({ listener, accepts, unopened }) => {
    const part = `listener ${listener}`;
    if (unopened > 0) return { part, healthy: false, finding: `${plural(unopened, "port")} could not be opened` };
    return { part, healthy: accepts, finding: accepts ? "accepts connections" : "accepts no connections" };
  });
}

/** A query that needs a write. */
async function examineDatabase({ store, clock }: HealthOptions): Promise<HealthOfPart> {
  await store.trustedTime(clock.now());
  return { part: "database", healthy: true, finding: "can be written" };
}

async function examineDeliveries({ store, clock }: HealthOptions): Promise<HealthOfPart> {
  const part = "deliveries";
  const backlog = await store.deliveries.backlog();
  const before = clock.now() - stuckAfterMs;
  const stuck = countIn(
    backlog.filter(({ wasTried, oldestAt }) => wasTried && oldestAt < before),
    ...unfinished,
  );
  if (stuck > 0) {
    const finding = `${plural(stuck, "message")} failed and waiting, the first for more than an hour`;
    return { part, healthy: false, finding, deliveries: "waiting" };
  }
  // Nothing waits for these: they are no reason to restart the program.
  const dead = countIn(backlog, "dead");
  const finding = `${countIn(backlog, ...unfinished)} waiting`;
  if (dead === 0) return { part, healthy: true, finding };
  return { part, healthy: true, finding: `${finding}, ${dead} given up`, deliveries: "dead" };
}

const unfinished = ["queued", "sending"] as const;

async function within(
  ms: number,
  clock: Clock,
  part: string,
  examine: () => Promise<HealthOfPart>,
): Promise<HealthOfPart> {
  const done = new AbortController();
  const timeUp = clock.sleep(ms, done.signal).then(() => ({
    part,
    healthy: false,
    finding: `no answer from the database within ${ms / 1000} seconds`,
  }));
  try {
    return await Promise.race([examine(), timeUp]);
  } catch (error) {
    return { part, healthy: false, finding: messageOf(error) };
  } finally {
    done.abort();
  }
}
