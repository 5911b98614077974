import * as z from "zod";
import { durationMs, durationSchema } from "../present/settings/value-schemas.ts";
import { notifyKeys } from "./channel-sections.ts";

const duration = durationSchema({ expected: 'a duration such as "30s", "10m" or "5d"', min: 1000 });

/** Section `notify` of the configuration: how long deliveries are retried. */
export const notifySchema = z.strictObject({
  first_retry: duration
    .default("30s")
    .meta({ description: "The wait after the first failed attempt; it doubles after each further one." }),
  longest_retry: duration.default("4h").meta({ description: "The longest wait between two attempts." }),
  give_up_after: duration.default("5d").meta({
    description:
      "A message that could not be delivered for this long, and in at least 10 attempts, is dead: it stays visible, and can be retried. A report that replaces one that was refused counts from that one.",
  }),
  attempt_limit: duration.default("15m").meta({ description: "How long one attempt may take before it is aborted." }),
  parallel: z.int().min(1).max(64).default(4).meta({ description: "How many messages are sent at once." }),
  ...notifyKeys,
});

export interface DeliverySettings {
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
  readonly giveUpAfterMs: number;
  readonly attemptLimitMs: number;
  readonly parallel: number;
}

export function deliverySettings(section: z.output<typeof notifySchema>): DeliverySettings {
  return {
    firstRetryMs: durationMs(section.first_retry),
    maxRetryMs: durationMs(section.longest_retry),
    giveUpAfterMs: durationMs(section.give_up_after),
    attemptLimitMs: durationMs(section.attempt_limit),
    parallel: section.parallel,
  };
}
