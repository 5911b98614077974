import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";
import type { Store } from "../core/store.ts";
import { runCommandLineWithChecks } from "../outbound/check/post-command/command-line-with-checks.ts";
import { createPostCommand } from "../outbound/check/post-command/post-command.ts";
import { createChecks } from "../outbound/check/registry.ts";
import { Examination } from "../outbound/examine/examination.ts";

export interface ExaminationParts {
  readonly store: Pick<Store, "discoveries" | "examinations">;
  readonly clock: Clock;
  readonly log: Log;
}

/** The built-in checks, and the command of the watch, in which they may replace helper scripts of the earlier tool. */
export function examinationOf({ store, clock, log }: ExaminationParts): Examination {
  const checks = createChecks({ directory: process.cwd(), clock });
  const runPostCommand = createPostCommand({
    runCommandLine: runCommandLineWithChecks({
      checks,
      onBuiltIn: (script, check) => log.info("using the built-in check instead of a helper script", { script, check }),
    }),
  });
  const { discoveries, examinations } = store;
  return new Examination({ discoveries, examinations, checks, runPostCommand, clock, log });
}
