/** Secrets as files, environment variables and YAML hold them: what editors and shells put around them is not part of them. */

export type SecretText =
  | { readonly kind: "text"; readonly text: string }
  /** Says what is wrong with the file, not what is in it. */
  | { readonly kind: "bad"; readonly reason: string };

/** Reads the bytes of a file: UTF-8, or UTF-16 as PowerShell writes it, with or without a byte order mark. */
export function decodeSecret(bytes: Uint8Array): SecretText {
  const encoding = encodingOf(bytes);
  let text: string;
  try {
    // The decoder takes the byte order mark away.
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return { kind: "bad", reason: "is not text in UTF-8; save it as UTF-8" };
  }
  return text.includes("\0") ? { kind: "bad", reason: "is not text: it holds zero bytes" } : { kind: "text", text };
}

/** The secret without the line end after it. */
export function withoutLineEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === "\n" || text[end - 1] === "\r")) end -= 1;
  return text.slice(0, end);
}

function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const isWhole = bytes.length >= 2 && bytes.length % 2 === 0;
  if (isWhole && first !== 0 && isZeroAtEvery(bytes, 1)) return "utf-16le";
  if (isWhole && first === 0 && isZeroAtEvery(bytes, 0)) return "utf-16be";
  return "utf-8";
}

/** In UTF-16, each character of ASCII has a zero byte before or after it. */
function isZeroAtEvery(bytes: Uint8Array, from: 0 | 1): boolean {
  for (let at = from; at < bytes.length; at += 2) if (bytes[at] !== 0) return false;
  return true;
}
