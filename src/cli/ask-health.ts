import { safeText } from "../core/safe-text.ts";
import { askForHealth } from "../daemon/control/ask-health.ts";
import { setExitStatus } from "./exit.ts";
import { print, printJson } from "./output.ts";

/**
 * Asks the process that works with `store` whether it is well, and prints the answer. Exit status: 0 healthy, 1 not.
 * @param program what is to run, for the message where nothing does
 */
export async function askHealth(
  store: string,
  { program, json }: { readonly program: string; readonly json: boolean },
): Promise<void> {
  const { healthy, parts } = await askForHealth(store, program);
  if (!healthy) setExitStatus(1);
  if (json) return printJson({ healthy, parts });
  print(healthy ? "healthy" : "unhealthy");
  for (const { part, healthy: isWell, finding } of parts) {
    print(`${isWell ? "ok " : "bad"}  ${safeText(part)}: ${safeText(finding)}`);
  }
}
