import * as z from "zod";
import type { Health } from "../health.ts";
import { askControl } from "./ask-control.ts";
import { controlPlace } from "./control-place.ts";

/** Longer than the process takes to look at itself, shorter than Docker waits by default. */
const timeoutMs = 10_000;

const healthSchema = z.object({
  healthy: z.boolean(),
  parts: z.array(z.object({ part: z.string(), healthy: z.boolean(), finding: z.string() })),
});

/**
 * What the process says of itself that works with `store`.
 * @param program what is to run, for the finding where nothing does
 * @returns `isRunning` false where nothing answers
 */
export async function askForHealth(store: string, program: string): Promise<Health & { readonly isRunning: boolean }> {
  const place = controlPlace(store);
  const unwell = (finding: string, isRunning: boolean) => ({
    healthy: false,
    isRunning,
    parts: [{ part: "process", healthy: false, finding }],
  });
  const answer = await askControl(place, "health", timeoutMs);
  if (answer.kind === "nobody") return unwell(`${program} does not run: nothing listens at ${place}`, false);
  if (answer.kind === "failed") return unwell(`${place}: ${answer.reason}`, true);
  const parsed = healthSchema.safeParse(answer.value);
  return parsed.success
    ? { ...parsed.data, isRunning: true }
    : unwell(`${place} gave an answer of another version`, true);
}
