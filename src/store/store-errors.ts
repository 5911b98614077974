import { HarbingerError } from "../core/errors.ts";

/** An error of the calling code, such as composing a delivery that is already queued. */
export function misuse(message: string): HarbingerError {
  return new HarbingerError("internal", message);
}
