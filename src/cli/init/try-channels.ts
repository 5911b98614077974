import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import path from "node:path";
import { loadText } from "../../config/load.ts";
import { formatProblem } from "../../config/problems.ts";
import { readBytes } from "../../config/read-file.ts";
import { checkNames } from "../../core/check.ts";
import { ntfyRecipient } from "../../core/delivery.ts";
import { configuredChannels } from "../../daemon/channels.ts";
import { type TestTarget, testChannels, testMessage } from "../../notify/test-channels.ts";
import { systemClock } from "../../platform/system-clock.ts";
import type { InitPlan } from "./init-plan.ts";

/** A mail server may be slow, but a user is waiting at the terminal. */
const testLimitMs = 30_000;

/** Loads `text` as if it were already in `file`, with the typed password as if it were in its file. */
export function loadPlanned(text: string, file: string, plan: InitPlan) {
  const passwordFile = plan.mail?.passwordFile;
  const typedIn =
    plan.password === undefined || passwordFile === undefined
      ? undefined
      : path.resolve(path.dirname(path.resolve(file)), passwordFile);
  return loadText(text, file, {
    file,
    explicit: true,
    environment: {},
    checkNames,
    readFile: (name) => (name === typedIn ? Buffer.from(plan.password ?? "") : readBytes(name)),
  });
}

export interface Trial {
  readonly where: string;
  /** Absent: delivered. */
  readonly failure?: string | undefined;
}

/** Sends one real message through each channel that `text` configures, as the program would. */
export async function tryChannels(text: string, file: string, plan: InitPlan): Promise<readonly Trial[]> {
  const outcome = loadPlanned(text, file, plan);
  if (outcome.kind === "invalid") {
    return outcome.problems.map((problem) => ({ where: "configuration", failure: formatProblem(problem) }));
  }
  const { mail, ntfy } = plan;
  const targets: TestTarget[] = [
    ...(mail === undefined ? [] : mail.to.map((recipient) => ({ channel: "mail" as const, recipient }))),
    ...(ntfy === undefined ? [] : [{ channel: "ntfy" as const, recipient: ntfyRecipient }]),
  ];
  const results = await testChannels(
    configuredChannels(outcome.config, systemClock),
    testMessage({ at: systemClock.now(), host: hostname(), id: randomUUID() }),
    { targets, signal: AbortSignal.timeout(testLimitMs) },
  );
  return results.map(({ channel, recipient, outcome: sent }) => ({
    where: channel === "ntfy" ? channel : `${channel} ${recipient}`,
    failure: sent.kind === "delivered" ? undefined : sent.reason,
  }));
}
