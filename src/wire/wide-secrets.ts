import type { Secret } from "./secret.ts";

const inspectedCharacters = 16;

/**
 * Text of an unknown protocol with two bytes per character (UTF-16): everything after its first word may be a password. Its
 * words are not compared with commands.
 */
export function wideSecrets(bytes: Uint8Array): readonly Secret[] {
  const low = lowBytesOf(bytes);
  if (low === undefined) return [];
  let at = low;
  while (at < bytes.length && isPrintable(bytes[at])) at += 2;
  return at < bytes.length ? [{ start: at, end: bytes.length }] : [];
}

/** Offset of the low byte of the first character. */
function lowBytesOf(bytes: Uint8Array): number | undefined {
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (mark === 0xfffe) return 2;
  if (mark === 0xfeff) return 3;
  return isWide(bytes, 0) ? 0 : isWide(bytes, 1) ? 1 : undefined;
}

function isWide(bytes: Uint8Array, low: number): boolean {
  const characters = Math.min(inspectedCharacters, bytes.length >> 1);
  if (characters < 4) return false;
  for (let character = 0; character < characters; character++) {
    const byte = bytes[2 * character + low];
    if (bytes[2 * character + 1 - low] !== 0 || !(isPrintable(byte) || isSpace(byte))) return false;
  }
  return true;
}

function isPrintable(byte = 0): boolean {
  return byte > 0x20 && byte < 0x7f;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
