import type { CheckRequest, CheckResult } from "../../core/check.ts";

/** A check's result for programs: what `harbinger check --json` prints. */
export function checkJson(result: CheckResult, { host, port }: Pick<CheckRequest, "host" | "port">) {
  const { check, passed, output, verdict, facts } = result;
  return { check, host, port, passed, verdict, output, facts };
}
