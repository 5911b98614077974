import { safeText } from "../../../core/safe-text.ts";
import type { ShellOutcome } from "../../../platform/shell.ts";

/** Characters of standard error in a reason. */
const shownErrors = 2000;
/** Characters of a command line in a reason. */
const shownCommand = 1000;
/** Reasons that are listed one by one. */
const shownReasons = 5;

/**
 * Why a command line failed, as a report shows it after `SCAN FAILED:`.
 * @param who starts the sentence: `Command`, `nmap`
 * @param commandLine as configured, with the ports filled in
 * @returns `undefined` where it exited with 0
 */
export function failureText(
  who: string,
  commandLine: string,
  outcome: ShellOutcome,
  timeoutMs: number,
): string | undefined {
  const command = safeText(commandLine.trim(), { multiline: true, limit: shownCommand });
  switch (outcome.kind) {
    case "exited":
      if (outcome.code === 0) return undefined;
      return `${who} failed with return code ${outcome.code}: ${command}${errorSuffix(outcome.stderr)}`;
    case "killed":
      return `${who} was killed by ${outcome.signal}: ${command}${errorSuffix(outcome.stderr)}`;
    case "timed-out":
      return `${who} timed out after ${timeoutMs / 1000} s: ${command}`;
    case "too-much-output":
      return `${who} printed too much and was stopped: ${command}`;
    case "aborted":
      return `${who} was stopped before it ended: ${command}`;
    case "not-started":
      return `${who} could not be started: ${command} - ${safeText(outcome.reason)}`;
  }
}

/** ` - ` and the text on standard error; empty where there is none. */
export function errorSuffix(stderr: string): string {
  const shown = safeText(stderr.trim(), { multiline: true, limit: shownErrors });
  return shown === "" ? "" : ` - ${shown}`;
}

/** Several reasons as one text: the first ones, and how many more there are. */
export function joinReasons(reasons: readonly string[]): string {
  const shown = reasons.slice(0, shownReasons).join("; ");
  return reasons.length > shownReasons ? `${shown}; and ${reasons.length - shownReasons} more` : shown;
}
