/** Whether a discovery was reported, and who has seen it, in words. */
import type { Acknowledgement } from "../../core/discovery.ts";
import { safeText } from "../../core/safe-text.ts";

export const mutedWords = "muted, not reported";

/** `acknowledged by ada: known`. */
export function acknowledgedWords({ by, note }: Omit<Acknowledgement, "at">): string {
  const who = by === "" ? "acknowledged" : `acknowledged by ${safeText(by)}`;
  return note === "" ? who : `${who}: ${safeText(note)}`;
}
