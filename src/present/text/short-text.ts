import { safeText } from "../../core/safe-text.ts";

/** Text from outside on one line. */
export function line(text: string): string {
  return safeText(text, { limit: 2000 });
}

/** Text from outside on one line of `limit` UTF-16 units at most; what is cut ends in an ellipsis. */
export function shortText(text: string, limit: number): string {
  const safe = safeText(text.slice(0, limit + 1), { limit: limit + 1 });
  if (safe.length <= limit) return safe;
  return `${safe
    .slice(0, limit - 1)
    .replace(/[\ud800-\udbff]$/, "")
    .trimEnd()}…`;
}

/** Words longer than this are cut in their middle. */
const longestWord = 60;

/** As {@link shortText}, cut between two words: the beginning of an address can be another address. */
export function shortWords(text: string, limit: number): string {
  const short = shortText(text, limit);
  if (text.length <= limit || !short.endsWith("…")) return short;
  const blank = /\s/.test(text[limit - 1] ?? "") ? short.length - 1 : short.lastIndexOf(" ");
  const end = blank <= 0 || short.length - blank > longestWord ? short.length - 1 : blank;
  return `${short.slice(0, end).replace(/[,;:]$/, "")}…`;
}

/** `192.168.50.66, 192.168.50.67 and 3 more`: as many as fit into `limit` units, and always the first. */
export function listWithin(items: readonly string[], limit: number): string {
  let list = items[0] ?? "";
  let shown = Math.min(1, items.length);
  for (const item of items.slice(1)) {
    const rest = items.length - shown - 1;
    const longer = `${list}, ${item}`;
    if (longer.length + (rest > 0 ? ` and ${rest} more`.length : 0) > limit) break;
    list = longer;
    shown += 1;
  }
  const rest = items.length - shown;
  return rest > 0 ? `${list} and ${rest} more` : list;
}
