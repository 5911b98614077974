import { HarbingerError, messageOf } from "../core/errors.ts";
import { safeText } from "../core/safe-text.ts";
import { note } from "./output.ts";

/** 0: done. 1: it ran and something failed. 2: wrong usage or configuration. */
export type ExitStatus = 0 | 1 | 2;

/** Keeps the worst status: a later success does not hide a failure. */
export function setExitStatus(status: ExitStatus): void {
  if (Number(process.exitCode ?? 0) < status) process.exitCode = status;
}

/** Prints on standard error what failed and what to do; a bug shows its stack. */
export function reportFailure(thrown: unknown, program = "harbinger"): void {
  const error = causeOf(thrown);
  if (error instanceof HarbingerError) {
    note(`${program}: ${safeText(error.message, { multiline: true, limit: 20_000 })}`);
    if (error.remedy !== undefined) note(safeText(error.remedy, { multiline: true }));
    setExitStatus(error.exitStatus);
    return;
  }
  const stack = error instanceof Error && error.stack !== undefined ? error.stack : messageOf(error);
  process.stderr.write(
    `${program}: this is a bug in Harbinger; please report these lines:\n${safeText(stack, { multiline: true, limit: 10_000 })}\n`,
  );
  setExitStatus(1);
}

/** The first error, if releasing resources failed as well. */
function causeOf(thrown: unknown): unknown {
  return thrown instanceof SuppressedError ? causeOf(thrown.suppressed) : thrown;
}
