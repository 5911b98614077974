import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Verdict } from "../../src/core/check.ts";
import { exposureCheck } from "../../src/outbound/check/exposure/exposure-check.ts";
import { serviceCheck } from "../../src/outbound/check/service/service-check.ts";
import { checkContext } from "../check/check-context.ts";
import { missing, type RealServerPlan, startServer } from "./real-server.ts";

/** A real server with certain settings, and what the checks must report. */
export interface Expectation {
  readonly title: string;
  readonly needs: readonly string[];
  /** Files that are also required. */
  readonly skip?: string | undefined;
  readonly plan: RealServerPlan;
  /** The line of the service check. */
  readonly service: RegExp;
  readonly verdict: Verdict;
  readonly reason?: RegExp;
  /** `--service`, if the port does not select the entry. */
  readonly entry?: string;
}

export interface Judged {
  readonly service: RegExp;
  readonly verdict: Verdict;
  readonly reason?: RegExp | undefined;
  readonly entry?: string | undefined;
}

/** Starts each server; a missing program skips the test. */
export function expectOfRealServers(suite: string, expectations: readonly Expectation[]): void {
  // Most of the time of a check is waiting.
  describe(suite, { concurrency: 8 }, () => {
    for (const { title, needs, skip, plan, ...judged } of expectations) {
      const absent = missing(...needs) ?? skip;
      test(title, absent === undefined ? {} : { skip: absent }, async () => {
        await using server = await startServer(plan);
        await expectJudged(server.port, judged);
      });
    }
  });
}

/** Only a hang ends a check here: on a busy machine, the requests to a server take longer than the usual 10 seconds. */
const timeoutMs = 180_000;

/** The service on `port`, and whether it can be used without a login. */
export async function expectJudged(port: number, { service, verdict, reason, entry }: Judged): Promise<void> {
  const request = { host: "127.0.0.1", port, timeoutMs, options: {} };
  const signal = new AbortController().signal;
  const found = await serviceCheck.create(checkContext).run(request, signal);
  assert.match(found.output, service, JSON.stringify(found));
  const options = entry === undefined ? {} : { service: entry };
  const judged = await exposureCheck.create(checkContext).run({ ...request, options }, signal);
  assert.equal(judged.verdict, verdict, JSON.stringify(judged));
  assert.equal(judged.passed, verdict === "exposed");
  if (reason !== undefined) assert.match(judged.output, reason);
}
