/** A longer fact is cut. */
const maxFactCharacters = 256;

/** Untrusted text, cut to the length of a fact. Not made safe for display. */
export function fact(text: string): string;
export function fact(text: string | undefined): string | undefined;
export function fact(text: string | undefined): string | undefined {
  return text !== undefined && text.length > maxFactCharacters ? text.slice(0, maxFactCharacters) : text;
}

/** `undefined` for an empty text. */
export function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

/** As {@link fact}; `undefined` for an empty text. */
export function nonEmptyFact(text: string | undefined): string | undefined {
  return fact(nonEmpty(text));
}

/** `undefined` for an empty list. */
export function nonEmptyList<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** Without control characters: a name, an address or an argument as a client would send it. */
export function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return false;
  }
  return true;
}

/** Printable ASCII only. */
export function isPrintableAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

/** Four bytes as an IPv4 address. */
export function dottedQuad(bytes: Uint8Array): string {
  return bytes.subarray(0, 4).join(".");
}

export function hexText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
