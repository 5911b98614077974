import assert from "node:assert/strict";
import { unsafeCharacters } from "./hostile-network.ts";

/** What a spreadsheet takes for a formula, also behind what it skips. */
export const formula = /^(?:[\t\r\n]|[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20])/u;
/** Markup that came in as text, where it is not escaped. */
export const livingMarkup = /<script|<img src=x|<svg onload|" onmouseover=|' onmouseover=/i;

/** Which of the words of the hostile texts are in a text: the hostile ones have arrived there at all. */
export function marksIn(text: string): number {
  return new Set(text.match(/mark-[a-z]+/g)).size;
}

export function assertHarmless(text: string, what: string): void {
  const found = unsafeCharacters.exec(text);
  const around = found === null ? "" : JSON.stringify(text.slice(Math.max(0, found.index - 60), found.index + 60));
  assert.equal(found, null, `${what}: ${around}`);
}
