import { isDeepStrictEqual } from "node:util";
import type { Config } from "../../config/config.ts";
import type { Problem } from "../../config/problems.ts";

/** What another configuration changes that only a restart can change: it is refused as a whole, and nothing has changed. */
export function needsRestart(before: Config, after: Config): Problem[] {
  const source = after.source ?? "(built-in)";
  const problems: Problem[] = [];
  if (before.store.location !== after.store.location) {
    problems.push({
      source,
      path: "store",
      message:
        "another database needs a restart: the running process keeps the one that it has; stop it and start it again",
    });
  } else if (!isDeepStrictEqual(before.store, after.store)) {
    problems.push({
      source,
      path: "store",
      message: "another password of the database needs a restart; stop the process and start it again",
    });
  }
  return problems;
}
