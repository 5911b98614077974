import { HarbingerError } from "../core/errors.ts";

/** A call that no right caller makes, such as composing a delivery that is already queued. */
export function misuse(message: string): HarbingerError {
  return new HarbingerError("internal", message);
}
