import { safeText } from "../../../core/safe-text.ts";
import { latin1 } from "../../../wire/reader.ts";
import { redactSecrets } from "./redact-secrets.ts";

/** Characters of evidence kept. */
const evidenceLimit = 300;

/** Text from a server as evidence: escaped, short, without secrets. */
export function evidenceText(text: string, limit = evidenceLimit): string {
  // Redacted before it is cut, because a cut key would leave its secret value visible. The input is limited before both.
  return safeText(redactSecrets(text.slice(0, 4096)).trim(), { limit });
}

/** First bytes as text where they are text, else in hexadecimal. */
export function evidenceBytes(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, 128);
  const printable = shown.reduce((count, byte) => count + (byte >= 0x20 && byte < 0x7f ? 1 : 0), 0);
  return shown.length > 0 && printable >= shown.length * 0.85
    ? evidenceText(latin1(shown))
    : Buffer.from(shown.subarray(0, 32)).toString("hex");
}

/** A copy of plain data in which every text is made safe. Bounded by the limits of the parsers. */
export function safeData(value: unknown): unknown {
  if (typeof value === "string") return evidenceText(value);
  if (Array.isArray(value)) return value.slice(0, 100).map(safeData);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, safeData(entry)]));
}
