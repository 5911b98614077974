import { safeText } from "../../core/safe-text.ts";
import { escapedText } from "../text/escaped-text.ts";

type PayloadMode = "auto" | "text" | "hex" | "base64";

export interface PayloadTextOptions {
  /**
   * `auto`: text where the bytes are valid UTF-8, have no NUL and at least 85 % printable characters; else hex.
   */
  readonly mode: PayloadMode;
  /** Maximum number of characters shown; a note gives the number of omitted ones. */
  readonly maxChars: number;
  /** Control characters become `.`; otherwise they are escaped (`\x1b`). They are never sent unescaped. */
  readonly stripControl: boolean;
  /** The payload is truncated, so the last character may be incomplete. */
  readonly isCut?: boolean;
}

export interface PayloadText {
  readonly mode: Exclude<PayloadMode, "auto">;
  /** Several lines, each safe to show. */
  readonly text: string;
}

/** The first bytes of a connection as text that is safe to show. */
export function payloadText(payload: Uint8Array, options: PayloadTextOptions): PayloadText {
  const { mode } = options;
  if (mode === "hex" || mode === "base64") return encoded(payload, mode, options.maxChars);
  const decoded = readUtf8(payload, options.isCut === true);
  if (mode === "auto" && (decoded === undefined || !isMostlyPrintable(decoded))) {
    return encoded(payload, "hex", options.maxChars);
  }
  const plain = (decoded ?? new TextDecoder("utf-8").decode(payload)).replace(/\r\n?/g, "\n");
  const { kept, left } = cut(plain, options.maxChars);
  const shown = options.stripControl ? safeText(kept, { limit: kept.length, multiline: true }) : escapedText(kept);
  return { mode: "text", text: withNote(shown, left) };
}

function encoded(payload: Uint8Array, mode: "hex" | "base64", maxChars: number): PayloadText {
  const all = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString(mode);
  const { kept, left } = cut(all, maxChars);
  return { mode, text: withNote(kept, left) };
}

function withNote(text: string, left: number): string {
  return left === 0 ? text : `${text}... [${left} more characters]`;
}

function cut(text: string, maxChars: number): { readonly kept: string; readonly left: number } {
  if (text.length <= maxChars) return { kept: text, left: 0 };
  const kept = text.slice(0, maxChars).replace(/[\ud800-\udbff]$/, "");
  return { kept, left: text.length - kept.length };
}

function readUtf8(payload: Uint8Array, isCut: boolean): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload, { stream: isCut });
  } catch {
    return undefined;
  }
}

function isMostlyPrintable(text: string): boolean {
  if (text.includes("\0")) return false;
  let characters = 0;
  let printable = 0;
  for (const character of text) {
    characters += 1;
    if (/^[\P{C}\n\r\t]$/u.test(character)) printable += 1;
  }
  return printable >= characters * 0.85;
}
