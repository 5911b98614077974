import type { Summary } from "../core/identification.ts";
import { safeText } from "../core/safe-text.ts";
import { latin1 } from "./reader.ts";

const inspectedBytes = 256;
const previewCharacters = 120;
const previewBytes = 32;

/** What bytes of an unknown protocol look like: the beginning as safe text where it is text, as hex where it is not. */
export function summarise(bytes: Uint8Array): Summary {
  const end = Math.min(bytes.length, inspectedBytes);
  let printable = 0;
  for (let at = 0; at < end; at++) if (isPrintable(bytes[at] ?? 0)) printable++;
  if (printable * 10 >= end * 9) {
    return { kind: "text", preview: safeText(latin1(bytes, 0, Math.min(end, previewCharacters))) };
  }
  let hex = "";
  for (const byte of bytes.subarray(0, previewBytes)) hex += byte.toString(16).padStart(2, "0");
  return { kind: "binary", preview: hex };
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
