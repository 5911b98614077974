/** Whether a discovery was reported, and who has seen it, in words. */
import type { Acknowledgement, DiscoveryEnd } from "../../core/discovery.ts";
import { safeText } from "../../core/safe-text.ts";

export const mutedWords = "muted, not reported";

/**
 * What ended a discovery, before the time; where that is unknown, the first part alone. What a check found may be otherwise since, and is
 * not said to last.
 */
export const endWords = {
  protected: ["found protected", "at"],
  replaced: ["valid certificate found", "at"],
  "no-conflict": ["no conflict found", "at"],
  "found-again": ["found again", "at"],
  gone: ["gone", "since"],
} as const satisfies Readonly<Record<DiscoveryEnd["by"], readonly [string, string]>>;

/** `found protected at 2026-01-31 12:00:00` */
export function endText({ by, at }: DiscoveryEnd, timeText: (at: number) => string): string {
  const [what, before] = endWords[by];
  return at === undefined ? what : `${what} ${before} ${timeText(at)}`;
}

/** `acknowledged by ada: known`. */
export function acknowledgedWords({ by, note }: Omit<Acknowledgement, "at">): string {
  const who = by === "" ? "acknowledged" : `acknowledged by ${safeText(by)}`;
  return note === "" ? who : `${who}: ${safeText(note)}`;
}
