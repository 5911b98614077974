import { escapedText } from "../../present/text/escaped-text.ts";

/** Bytes that are shown at most. */
const maxShown = 64 * 1024;
const bytesPerLine = 16;

export function payloadOf(base64: string): Uint8Array {
  const binary = atob(base64);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** The payload in lines that are safe to show. `left`: bytes that are not among them. */
export function payloadLines(
  payload: Uint8Array,
  form: "text" | "hex",
): { readonly lines: string; readonly left: number } {
  const shown = payload.subarray(0, maxShown);
  const left = payload.length - shown.length;
  return { lines: form === "hex" ? hexLines(shown) : escapedText(textOf(shown)), left };
}

/** `00000010  48 54 54 50 2f 31 2e 31  0d 0a ...  |HTTP/1.1..|` */
function hexLines(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += bytesPerLine) {
    const part = [...bytes.subarray(start, start + bytesPerLine)];
    const hex = part.map((byte, index) => `${index === 8 ? " " : ""}${byte.toString(16).padStart(2, "0")}`).join(" ");
    const text = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${start.toString(16).padStart(8, "0")}  ${hex.padEnd(48)}  |${text}|`);
  }
  return lines.join("\n");
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8").decode(bytes).replace(/\r\n?/g, "\n");
}
