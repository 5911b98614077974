import { safeText } from "../../core/safe-text.ts";

/** Text of several lines that is safe to show: control characters are escaped (`\x1b`), so that none is lost. */
export function escapedText(text: string): string {
  const visible = text.replace(/[^\P{C}\n\t]/gu, escaped);
  return safeText(visible, { limit: visible.length, multiline: true });
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}
