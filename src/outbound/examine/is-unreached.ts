import type { CheckResult } from "../../core/check.ts";

/** What checks call it when they had no answer of the service: see `DialFailure`, and the facts of `cert`. */
const unreached: ReadonlySet<unknown> = new Set([
  "closed",
  "filtered",
  "unreachable",
  "unresolved",
  "local-error",
  "not-connected",
  "timed-out",
]);

/** Whether a check could not reach the service, and so says nothing about it. That a port is closed is what `port` is asked for. */
export function isUnreached({ check, passed, facts }: CheckResult): boolean {
  return !passed && check !== "port" && unreached.has(facts["state"]);
}
