import { latin1 } from "../reader.ts";
import { isLineEnd, type Piece } from "./transcript.ts";

export interface ImapRequest {
  readonly tag: string;
  /** Upper case. */
  readonly command: string;
  /** Atoms, quoted strings and literals, without their quotes. */
  readonly words: readonly Piece[];
  /** Announced literals that the client sends only after the server has answered. RFC 9051 section 4.3. */
  readonly waits: number;
  /** Where the next command begins. */
  readonly end: number;
  readonly ended: boolean;
}

export const maxWords = 32;
const maxLiteralBytes = 65_536;

/** Reads a command with its literals. `ended` is false if part of it has not arrived. RFC 9051 section 9, RFC 7888. */
export function readImapCommand(bytes: Uint8Array, offset: number): ImapRequest {
  const { words, waits, end, ended } = readWords(bytes, offset);
  const [tag, command, ...rest] = words;
  return { tag: tag?.text ?? "", command: command?.text.toUpperCase() ?? "", words: rest, waits, end, ended };
}

/** Reads a line of words, and where the next line begins. A literal may contain line ends. */
export function readWords(bytes: Uint8Array, offset: number): Omit<ImapRequest, "tag" | "command"> {
  const words: Piece[] = [];
  let waits = 0;
  let at = offset;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (isLineEnd(byte)) {
      // After a CR at the end of the bytes, its LF may still come.
      if (byte !== 0x0d || at + 1 < bytes.length) return { words, waits, ended: true, end: at + 1 };
      break;
    }
    if (byte === 0x20 || byte === 0x09) {
      at += 1;
      continue;
    }
    const word = byte === 0x22 ? quoted(bytes, at) : atom(bytes, at);
    at = word.next;
    const literal = /^~?\{(\d{1,10})([+-]?)\}$/.exec(word.piece.text);
    if (byte === 0x22 || literal === null) {
      if (words.length < maxWords) words.push(word.piece);
      continue;
    }
    let lineFeed = at;
    while (bytes[lineFeed] === 0x20 || bytes[lineFeed] === 0x0d) lineFeed += 1;
    if (lineFeed >= bytes.length) {
      at = lineFeed;
      break;
    }
    const length = Number(literal[1]);
    if (bytes[lineFeed] !== 0x0a || length > maxLiteralBytes) continue;
    if (literal[2] === "") waits += 1;
    const start = lineFeed + 1;
    at = Math.min(bytes.length, start + length);
    if (words.length < maxWords) words.push({ start, end: at, text: latin1(bytes, start, at) });
    if (at < start + length) break;
  }
  return { words, waits, ended: false, end: bytes.length };
}

interface Word {
  readonly piece: Piece;
  readonly next: number;
}

function atom(bytes: Uint8Array, start: number): Word {
  let end = start;
  while (end < bytes.length && bytes[end] !== 0x20 && bytes[end] !== 0x09 && !isLineEnd(bytes[end])) end += 1;
  return { piece: { start, end, text: latin1(bytes, start, end) }, next: end };
}

/** Up to the closing quote, or to the end of the line if that is missing. */
function quoted(bytes: Uint8Array, start: number): Word {
  let end = start + 1;
  while (end < bytes.length && bytes[end] !== 0x22 && !isLineEnd(bytes[end])) end += bytes[end] === 0x5c ? 2 : 1;
  end = Math.min(end, bytes.length);
  const text = latin1(bytes, start + 1, end).replace(/\\(.)/g, "$1");
  return { piece: { start: start + 1, end, text }, next: bytes[end] === 0x22 ? end + 1 : end };
}
