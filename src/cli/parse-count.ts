import { HarbingerError } from "../core/errors.ts";

/** A positive whole number given on the command line. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new HarbingerError("usage", `not a positive whole number: ${text}`);
  return count;
}
