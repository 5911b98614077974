import type { Summary } from "../core/identification.ts";
import { safeText } from "../core/safe-text.ts";
import { latin1, utf8 } from "./reader.ts";

const inspectedBytes = 256;
const previewCharacters = 120;
const previewBytes = 32;
const printableAscii = /[\n\r\t -~]/g;
const printableCharacters = /[\n\r\t]|\P{C}/gu;

/** Describes bytes of an unknown protocol: their beginning as safe text, or in hex if they are not text. */
export function summarise(bytes: Uint8Array): Summary {
  const inspected = bytes.subarray(0, inspectedBytes);
  const decoded = utf8(inspected);
  const text = decoded ?? latin1(inspected);
  const printable = text.match(decoded === undefined ? printableAscii : printableCharacters)?.length ?? 0;
  if (printable * 10 >= Array.from(text).length * 9) {
    return { kind: "text", preview: safeText(text.slice(0, previewCharacters).replace(/[\ud800-\udbff]$/, "")) };
  }
  let hex = "";
  for (const byte of bytes.subarray(0, previewBytes)) hex += byte.toString(16).padStart(2, "0");
  return { kind: "binary", preview: hex };
}
