import * as z from "zod";
import { type HealthJson, healthOfPartSchema } from "../../present/health/health-schema.ts";
import { askControl } from "./ask-control.ts";
import { controlPlace } from "./control-place.ts";

/** Longer than the process needs for its checks, shorter than Docker's default timeout. */
const timeoutMs = 10_000;

/** Not strict: a process of a later version may tell more. */
const answerSchema = z.object({ healthy: z.boolean(), parts: z.array(z.object(healthOfPartSchema.shape)) });

/**
 * Queries the health of the process that uses `store`.
 * @param program the expected program, for the message when nothing answers
 * @returns `isRunning` false if nothing answers
 */
export async function askForHealth(
  store: string,
  program: string,
): Promise<HealthJson & { readonly isRunning: boolean }> {
  const place = controlPlace(store);
  const unhealthy = (finding: string, isRunning: boolean) => ({
    healthy: false,
    isRunning,
    parts: [{ part: "process", healthy: false, finding }],
  });
  const answer = await askControl(place, "health", timeoutMs);
  if (answer.kind === "not-running") return unhealthy(`${program} is not running: nothing listens at ${place}`, false);
  if (answer.kind === "failed") return unhealthy(`${place}: ${answer.reason}`, true);
  const parsed = answerSchema.safeParse(answer.value);
  return parsed.success
    ? { ...parsed.data, isRunning: true }
    : unhealthy(`${place} answered in the format of another version`, true);
}
