import { isDeepStrictEqual } from "node:util";
import type { Config } from "../../config/config.ts";
import type { Problem } from "../../config/problems.ts";

/** Changes that need a restart. A configuration with such a change is rejected as a whole. */
export function needsRestart(before: Config, after: Config): Problem[] {
  const source = after.source ?? "(built-in)";
  const problems: Problem[] = [];
  if (before.store.location !== after.store.location) {
    problems.push({
      source,
      path: "store",
      message: "changing the database needs a restart: stop harbinger and start it again",
    });
  } else if (!isDeepStrictEqual(before.store, after.store)) {
    problems.push({
      source,
      path: "store",
      message: "changing the database password needs a restart: stop harbinger and start it again",
    });
  }
  return problems;
}
