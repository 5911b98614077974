import { safeText } from "../../../core/safe-text.ts";
import type { ShellOutcome } from "../../../platform/shell.ts";

/** Characters in a report for one host. */
const shownOutput = 10_000;
const shownErrors = 2000;

/**
 * The text under a host in a report: the output of its command, or why there is none. Made safe and bounded.
 * @returns `undefined` where the command was aborted, which is not about the host
 */
export function evidenceOf(outcome: ShellOutcome): string | undefined {
  switch (outcome.kind) {
    case "exited":
      return outcome.code === 0 ? shownStdout(outcome) : failureOf(`exit status ${outcome.code}`, outcome);
    case "killed":
      return failureOf(`killed by ${outcome.signal}`, outcome);
    case "timed-out":
      return "[Command timed out]";
    case "too-much-output":
      return failureOf("it printed too much and was stopped", outcome);
    case "not-started":
      return `[Command failed: ${safeText(outcome.reason)}]`;
    case "aborted":
      return undefined;
  }
}

/** The progress line that the replaced scripts write to standard error. It is not an error. */
const progressLine = /^Testing \S{1,300} - (?:Plain connection|TLS only)\.\.\.\r?\n?/gm;

/** Standard error; where it is empty, how the command ended, and standard output. */
function failureOf(end: string, outcome: ShellOutcome): string {
  const errors = safeText(outcome.stderr.replace(progressLine, "").trim(), { multiline: true, limit: shownErrors });
  if (errors !== "") return `[Command failed: ${errors}]`;
  const stdout = shownStdout(outcome);
  return stdout === "" ? `[Command failed: ${end}]` : `[Command failed: ${end}]\n${stdout}`;
}

function shownStdout({ stdout, stdoutTruncated }: ShellOutcome): string {
  const text = stdout.trim();
  if (!stdoutTruncated) return safeText(text, { multiline: true, limit: shownOutput });
  const shown = safeText(text.slice(0, shownOutput), { multiline: true, limit: shownOutput });
  return `${shown}... [the output was cut here]`;
}
