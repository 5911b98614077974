import * as z from "zod";
import { parseDuration } from "../core/duration.ts";
import { notifyKeys } from "./channel-sections.ts";

const duration = z
  .string()
  .refine((text) => (parseDuration(text) ?? 0) >= 1000, 'expected a duration such as "30s", "10m" or "5d"')
  .meta({ kind: "duration" });

/** Section `notify` of the configuration: how long deliveries are retried. */
export const notifySchema = z.strictObject({
  first_retry: duration
    .default("30s")
    .meta({ description: "The wait after the first failed attempt; it doubles after each further one." }),
  longest_retry: duration.default("4h").meta({ description: "The longest wait between two attempts." }),
  give_up_after: duration.default("5d").meta({
    description: "A message that could not be delivered for this long is dead: it stays visible, and can be retried.",
  }),
  attempt_limit: duration.default("15m").meta({ description: "How long one attempt may take before it is aborted." }),
  parallel: z.int().min(1).max(64).default(4).meta({ description: "How many messages are sent at once." }),
  ...notifyKeys,
});

export interface DeliverySettings {
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  readonly giveUpAfterMs: number;
  readonly attemptLimitMs: number;
  readonly parallel: number;
}

export function deliverySettings(section: z.output<typeof notifySchema>): DeliverySettings {
  return {
    firstRetryMs: parseDuration(section.first_retry) ?? 0,
    longestRetryMs: parseDuration(section.longest_retry) ?? 0,
    giveUpAfterMs: parseDuration(section.give_up_after) ?? 0,
    attemptLimitMs: parseDuration(section.attempt_limit) ?? 0,
    parallel: section.parallel,
  };
}
