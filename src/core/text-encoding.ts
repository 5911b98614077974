/** Text of programs and files whose encoding is not given. */

export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be";

/** The encoding that a byte order mark names, or that the zero bytes of mostly ASCII text in UTF-16 show; else UTF-8. */
export function encodingOf(bytes: Uint8Array): TextEncoding {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const looked = Math.min(bytes.length - (bytes.length % 2), 512);
  let zerosAtEven = 0;
  let zerosAtOdd = 0;
  for (let at = 0; at < looked; at += 2) {
    if (bytes[at] === 0) zerosAtEven += 1;
    if (bytes[at + 1] === 0) zerosAtOdd += 1;
  }
  const most = (looked / 2) * 0.75;
  if (looked < 4 || Math.max(zerosAtEven, zerosAtOdd) < most) return "utf-8";
  if (zerosAtEven === 0) return "utf-16le";
  return zerosAtOdd === 0 ? "utf-16be" : "utf-8";
}

const latin1 = new TextDecoder("windows-1252");
const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * What a command printed: UTF-8, UTF-16 as Windows writes it, and each line that is neither in Latin-1 (windows-1252, which
 * holds it). Never fails.
 */
export function decodeOutput(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  if (encoding !== "utf-8") return new TextDecoder(encoding).decode(bytes);
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return byLine(bytes);
  }
}

function byLine(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    lines.push(decodeLine(bytes.subarray(start, end)));
    start = end;
  }
  return lines.join("");
}

function decodeLine(line: Uint8Array): string {
  try {
    return strictUtf8.decode(line);
  } catch {
    return latin1.decode(line);
  }
}

/** So many bytes at the end of `bytes` are the beginning of a character in UTF-8 whose rest was cut off. */
export function cutCharacterBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? back : 0;
    }
  }
  return 0;
}
