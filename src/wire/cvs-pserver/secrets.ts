import { linesOf } from "../dialogue/transcript.ts";
import type { Secret } from "../secret.ts";

/** The fourth line: the letter A and a password, scrambled with a fixed table. */
export function cvsSecrets(bytes: Uint8Array): readonly Secret[] {
  let at = 0;
  for (const { start, end, text } of linesOf(bytes)) {
    at += 1;
    if (at === 4)
      return end > start && text.startsWith("A")
        ? [{ start: start + 1, end }].filter((secret) => secret.end > secret.start)
        : [];
  }
  return [];
}
