/** `text` cut to at most `limit` bytes of UTF-8, including the note that states how much is left out. */
export function cutToBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  return cutTo(text, limit, (part) => Buffer.byteLength(part));
}

/** The same in characters (UTF-16 code units), which is what most services count. */
export function cutToCharacters(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return cutTo(text, limit, (part) => part.length);
}

function cutTo(text: string, limit: number, sizeOf: (part: string) => number): string {
  const note = (left: number) => `\n... [${left} more characters]`;
  // The note is longest if everything is left out.
  const room = Math.max(0, limit - note(text.length).length);
  let low = 0;
  let high = Math.min(text.length, room);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sizeOf(text.slice(0, middle)) <= room) low = middle;
    else high = middle - 1;
  }
  const kept = text.slice(0, low).replace(/[\ud800-\udbff]$/, "");
  const result = kept + note(text.length - kept.length);
  return sizeOf(result) <= limit ? result : "";
}
