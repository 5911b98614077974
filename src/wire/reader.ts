/** No parser inspects more bytes than these, even if more were captured. */
export const maxInspectedBytes = 16_384;

/**
 * Reads untrusted bytes in order and never throws. All parsers in this folder use it.
 *
 * A read past the end returns zero (or an empty value), moves to the end, so that every later read fails as well, and sets
 * `overrun`, which stays set. So a parser reads a whole structure, and then checks once whether it was there. `cut` is the
 * reason for the end: true if the capture ended there (more bytes may come), false if an enclosing length field ends there.
 * After an overrun, `failed()` is therefore `"incomplete"` for a cut view, and `"mismatch"` for a structure that contradicts
 * itself.
 *
 * @example
 * const reader = new Reader(bytes);
 * if (reader.u8() !== 0x16) return mismatch;
 * const body = reader.view(reader.u16()); // a reader over the next n bytes, or over as many of them as have arrived
 * const kind = body.u8();
 * if (body.overrun) return { kind: body.failed() };
 */
export class Reader {
  readonly bytes: Uint8Array;
  readonly end: number;
  /** The view ends because the captured bytes end, not because of a length field. */
  readonly cut: boolean;
  offset: number;
  overrun = false;
  #contradicted = false;

  constructor(bytes: Uint8Array, offset = 0, end = Math.min(bytes.length, maxInspectedBytes), cut = true) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
    this.cut = cut;
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  /** What an overrun means: `incomplete` if more bytes may help, `mismatch` if the message contradicts itself. */
  failed(): "incomplete" | "mismatch" {
    return this.cut && !this.#contradicted ? "incomplete" : "mismatch";
  }

  /** The byte at distance `ahead`, without moving; -1 past the end, which is not an overrun. */
  peek(ahead = 0): number {
    const at = this.offset + ahead;
    return at < this.end ? (this.bytes[at] ?? -1) : -1;
  }

  u8(): number {
    if (!this.#has(1)) return 0;
    return this.bytes[this.offset++] ?? 0;
  }

  /** Big-endian, as are `u24` and `u32`. */
  u16(): number {
    return this.#big(2);
  }

  u24(): number {
    return this.#big(3);
  }

  u32(): number {
    return this.#big(4);
  }

  u64(): bigint {
    if (!this.#has(8)) return 0n;
    const high = this.#big(4);
    return (BigInt(high) << 32n) | BigInt(this.#big(4));
  }

  u16le(): number {
    return this.#little(2);
  }

  u32le(): number {
    return this.#little(4);
  }

  u64le(): bigint {
    if (!this.#has(8)) return 0n;
    const low = this.#little(4);
    return (BigInt(this.#little(4)) << 32n) | BigInt(low);
  }

  /** Skips `length` bytes. */
  skip(length: number): void {
    if (this.#has(length)) this.offset += length;
  }

  /** The next `length` bytes, not copied; empty after an overrun. */
  take(length: number): Uint8Array {
    if (!this.#has(length)) return new Uint8Array(0);
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  /**
   * A reader over the next `length` bytes; this one moves past them. If fewer have arrived and this view is cut, the new
   * view covers these, and is cut too. If this view is not cut, the length contradicts the enclosing one: this reader gets
   * an overrun, and the new view is empty and not cut.
   */
  view(length: number): Reader {
    const start = this.offset;
    if (length >= 0 && length <= this.end - start) {
      this.offset = start + length;
      return new Reader(this.bytes, start, start + length, false);
    }
    if (!this.cut || length < 0) {
      this.#has(length);
      return new Reader(this.bytes, start, start, false);
    }
    this.offset = this.end;
    return new Reader(this.bytes, start, this.end, true);
  }

  /** The next `length` bytes as text, one character per byte. Not made safe for display. */
  latin1(length: number): string {
    if (!this.#has(length)) return "";
    this.offset += length;
    return latin1(this.bytes, this.offset - length, this.offset);
  }

  /** The next `length` bytes as {@link wireText}. */
  text(length: number): string {
    return wireText(this.take(length));
  }

  /** The text up to the next NUL; moves past it. Overrun if there is none yet, or none within `limit` bytes. */
  cString(limit: number): string {
    const nul = this.find(0, limit);
    if (nul === -1) {
      if (this.remaining >= limit) this.#contradicted = true;
      this.overrun = true;
      this.offset = this.end;
      return "";
    }
    const text = wireText(this.bytes.subarray(this.offset, nul));
    this.offset = nul + 1;
    return text;
  }

  /**
   * The text up to the next LF, without a CR before it; moves past the LF. `undefined` if there is no LF within `limit`
   * bytes, which is not an overrun: compare `remaining` with the limit to distinguish "not yet" from "too long".
   */
  line(limit: number): string | undefined {
    const lineFeed = this.find(0x0a, limit);
    if (lineFeed === -1) return undefined;
    const carriageReturn = lineFeed > this.offset && this.bytes[lineFeed - 1] === 0x0d;
    const text = wireTextOf(this.bytes, this.offset, carriageReturn ? lineFeed - 1 : lineFeed);
    this.offset = lineFeed + 1;
    return text;
  }

  /** The absolute position in `bytes` of the next `byte` within `limit` bytes; -1 if there is none. Does not move. */
  find(byte: number, limit = this.remaining): number {
    const found = this.bytes.indexOf(byte, this.offset);
    return found < Math.min(this.end, this.offset + limit) ? found : -1;
  }

  #has(length: number): boolean {
    if (length >= 0 && length <= this.end - this.offset) return true;
    // A negative length means that a length field is smaller than its own minimum: more bytes cannot help.
    if (length < 0) this.#contradicted = true;
    this.overrun = true;
    // Moving to the end makes every later read fail, so none reads bytes of the missing field.
    this.offset = this.end;
    return false;
  }

  #big(length: number): number {
    if (!this.#has(length)) return 0;
    let value = 0;
    for (let i = 0; i < length; i++) value = value * 256 + (this.bytes[this.offset++] ?? 0);
    return value;
  }

  #little(length: number): number {
    if (!this.#has(length)) return 0;
    let value = 0;
    for (let i = length - 1; i >= 0; i--) value = value * 256 + (this.bytes[this.offset + i] ?? 0);
    this.offset += length;
    return value;
  }
}

/** Decodes UTF-8, without a character that is cut at the end; `undefined` if it is not UTF-8. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

/**
 * Decodes received text: UTF-8 if it is valid, otherwise ISO 8859-1, one character per byte. The rule for every text of a
 * protocol that specifies no encoding. Not made safe for display.
 * @param isCut more bytes may come: a character that is cut at the end is left out
 */
export function wireText(bytes: Uint8Array, isCut = false): string {
  if (isAscii(bytes)) return latin1(bytes);
  if (isCut) return utf8(bytes) ?? latin1(bytes);
  try {
    return wholeUtf8.decode(bytes);
  } catch {
    return latin1(bytes);
  }
}

const wholeUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** {@link wireText} of a part of `bytes`. For ASCII it creates no view. */
export function wireTextOf(bytes: Uint8Array, start: number, end: number): string {
  return isAscii(bytes, start, end) ? latin1(bytes, start, end) : wireText(bytes.subarray(start, end));
}

function isAscii(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] ?? 0) > 0x7f) return false;
  return true;
}

/** Bytes as text, one character per byte (ISO 8859-1). */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  // Bytes from a socket are a Buffer already.
  const isBuffer = Buffer.isBuffer(bytes);
  if (end - start > (isBuffer ? 8 : 32)) {
    const buffer = isBuffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return buffer.toString("latin1", start, end);
  }
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}

/** The bytes of an ASCII text, for `startsWith`. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/**
 * Compares `bytes` from `offset` on with `expected`: all of it agrees (`match`), or all bytes that are there (`incomplete`),
 * or not (`mismatch`). With `ignoreCase`, which is for ASCII, `expected` must be in lower case.
 */
export function startsWith(
  bytes: Uint8Array,
  expected: Uint8Array,
  offset = 0,
  ignoreCase = false,
): "match" | "incomplete" | "mismatch" {
  const length = Math.min(expected.length, bytes.length - offset);
  for (let i = 0; i < length; i++) {
    let byte = bytes[offset + i] ?? 0;
    if (ignoreCase && byte >= 0x41 && byte <= 0x5a) byte |= 0x20;
    if (byte !== expected[i]) return "mismatch";
  }
  return length === expected.length ? "match" : "incomplete";
}
