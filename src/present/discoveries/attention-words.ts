/** Whether a discovery was reported, and who has seen it, in words. */
import type { Acknowledgement, DiscoveryEnd } from "../../core/discovery.ts";
import { safeText } from "../../core/safe-text.ts";

export const mutedWords = "muted, not reported";

/** What ended a discovery; after the first two follows since when. */
export const endWords = {
  protected: "protected",
  replaced: "valid certificate",
  gone: "gone",
} as const satisfies Readonly<Record<DiscoveryEnd["by"], string>>;

/** `acknowledged by ada: known`. */
export function acknowledgedWords({ by, note }: Omit<Acknowledgement, "at">): string {
  const who = by === "" ? "acknowledged" : `acknowledged by ${safeText(by)}`;
  return note === "" ? who : `${who}: ${safeText(note)}`;
}
