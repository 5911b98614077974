import * as z from "zod";
import { safeText } from "../core/safe-text.ts";
import { askControl } from "../daemon/control/ask-control.ts";
import { controlPlace } from "../daemon/control/control-place.ts";
import type { Health } from "../daemon/health.ts";
import { setExitStatus } from "./exit.ts";
import { print, printJson } from "./output.ts";

/** Longer than the process takes to look at itself, shorter than Docker waits by default. */
const timeoutMs = 10_000;

const healthSchema = z.object({
  healthy: z.boolean(),
  parts: z.array(z.object({ part: z.string(), healthy: z.boolean(), finding: z.string() })),
});

/**
 * Asks the process that works with `store` whether it is well, and prints the answer. Exit status: 0 healthy, 1 not.
 * @param program what is to run, for the message where nothing does
 */
export async function askHealth(
  store: string,
  { program, json }: { readonly program: string; readonly json: boolean },
): Promise<void> {
  const health = await healthOf(store, program);
  if (!health.healthy) setExitStatus(1);
  if (json) return printJson(health);
  print(health.healthy ? "healthy" : "unhealthy");
  for (const { part, healthy, finding } of health.parts) {
    print(`${healthy ? "ok " : "bad"}  ${safeText(part)}: ${safeText(finding)}`);
  }
}

async function healthOf(store: string, program: string): Promise<Health> {
  const place = controlPlace(store);
  const unwell = (finding: string): Health => ({
    healthy: false,
    parts: [{ part: "process", healthy: false, finding }],
  });
  const answer = await askControl(place, "health", timeoutMs);
  if (answer.kind === "nobody") return unwell(`${program} does not run: nothing listens at ${place}`);
  if (answer.kind === "failed") return unwell(`${place}: ${answer.reason}`);
  const parsed = healthSchema.safeParse(answer.value);
  return parsed.success ? parsed.data : unwell(`${place} gave an answer of another version`);
}
