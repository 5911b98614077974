/** An encoded word has at most 75 characters (RFC 2047 section 2): 60 of base64 and the delimiters. */
const wordBytes = 45;

/**
 * Text as the value of an HTTP header. ntfy decodes encoded words (RFC 2047) in every header that it reads, so other
 * text than printable ASCII is encoded, and so is text that looks like an encoded word.
 * https://docs.ntfy.sh/publish/#message-title
 */
export function encodedHeader(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes("=?") && text === text.trim()) return text;
  const words: string[] = [];
  let word = "";
  let bytes = 0;
  for (const character of text.toWellFormed()) {
    const size = Buffer.byteLength(character);
    if (bytes + size > wordBytes) {
      words.push(word);
      word = "";
      bytes = 0;
    }
    word += character;
    bytes += size;
  }
  words.push(word);
  return words.map((part) => `=?UTF-8?B?${Buffer.from(part).toString("base64")}?=`).join(" ");
}
