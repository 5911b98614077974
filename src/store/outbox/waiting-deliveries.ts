import { type Kysely, sql } from "kysely";
import type { DeliverySummary } from "../../core/delivery.ts";
import type { Tables } from "../tables.ts";

/**
 * Says of deliveries that are due for which other one to the same recipient they wait: the first that is being sent, or that failed and is tried
 * again later. The recipients are looked up together, from the few that have such a delivery.
 */
export async function withWaiting(
  reader: Kysely<Tables>,
  deliveries: readonly DeliverySummary[],
  now: number,
): Promise<readonly DeliverySummary[]> {
  const isDue = ({ state, nextAttemptAt }: DeliverySummary) =>
    state === "queued" && nextAttemptAt !== undefined && nextAttemptAt <= now;
  if (!deliveries.some(isDue)) return deliveries;
  const { rows } = await sql<{ channel: string; recipient: string; id: number }>`
    select d.channel, d.recipient, min(d.id) as id from deliveries d
    where d.state = 'sending' or (d.state = 'queued' and d.next_attempt_at > ${now} and d.last_error is not null)
    group by d.channel, d.recipient`.execute(reader);
  const first = new Map(rows.map(({ channel, recipient, id }) => [laneOf({ channel, recipient }), Number(id)]));
  return deliveries.map((delivery) => {
    const waitsFor = isDue(delivery) ? first.get(laneOf(delivery)) : undefined;
    return waitsFor === undefined ? delivery : { ...delivery, waitsFor };
  });
}

function laneOf({ channel, recipient }: Pick<DeliverySummary, "channel" | "recipient">): string {
  return JSON.stringify([channel, recipient]);
}
