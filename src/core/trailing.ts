/** `text` without the `characters` that it ends in. A pattern such as `/\n+$/` restarts at each of many line feeds. */
export function withoutTrailing(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
