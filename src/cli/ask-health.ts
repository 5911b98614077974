import { safeText } from "../core/safe-text.ts";
import { askForHealth } from "../daemon/control/ask-health.ts";
import { shownBy } from "../present/health/shown-by.ts";
import { setExitStatus } from "./exit.ts";
import { print, printJson } from "./output.ts";

/**
 * Queries the health of the process that uses `store`, and prints the result. Exit status: 0 healthy, 1 unhealthy.
 * @param program the expected program, named in the message when nothing answers
 */
export async function askHealth(
  store: string,
  { program, json }: { readonly program: string; readonly json: boolean },
): Promise<void> {
  const { healthy, parts } = await askForHealth(store, program);
  if (!healthy) setExitStatus(1);
  if (json) return printJson({ healthy, parts });
  print(healthy ? "healthy" : "unhealthy");
  for (const { part, healthy: isWell, finding, deliveries } of parts) {
    const why = deliveries === undefined ? "" : `: ${shownBy(deliveries)}`;
    print(`${isWell ? "ok " : "bad"}  ${safeText(part)}: ${safeText(finding)}${why}`);
  }
}
