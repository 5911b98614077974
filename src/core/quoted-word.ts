/** A text as one word of a search (search.ts), whatever is in it. */
export function quotedWord(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
