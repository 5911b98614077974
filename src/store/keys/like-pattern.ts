/** For `like ... escape '!'`: texts that contain this one. */
export function likePattern(part: string): string {
  return `%${part.replace(/[!%_]/g, "!$&")}%`;
}

/** Whether both databases compare the text as JavaScript does, whatever the case: printable ASCII. */
export function isPlainText(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text);
}
