import { readFileSync } from "node:fs";

/** Bytes from hex; spaces and line breaks are ignored. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(/\s+/g, ""), "hex"));
}

/** The hex of a text, one byte per character, for a message that `hex` reads. */
export function hexOf(text: string): string {
  return Buffer.from(text, "latin1").toString("hex");
}

/** Bytes from text, one byte per character. */
export function text(value: string): Uint8Array {
  return Uint8Array.from(value, (character) => character.charCodeAt(0));
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

/** What a real client sent, from `fixtures/` beside the calling test: `fixture(import.meta.url, "psql-startup.bin")`. */
export function fixture(testUrl: string, name: string): Uint8Array {
  return Uint8Array.from(readFileSync(new URL(`fixtures/${name}`, testUrl)));
}
