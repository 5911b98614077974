import { safeText } from "../../../core/safe-text.ts";
import { latin1 } from "../../../wire/reader.ts";

/** Characters of evidence kept. */
const evidenceLimit = 300;

/** Words whose values are nobody's business in a report, as keys of JSON, forms, YAML or headers. */
const secretKey =
  /(["']?[\w.-]*(?:passw(?:or)?d|passwd|secret|token|api[_-]?key|credential|authorization|private[_-]?key|access[_-]?key|session[_-]?id|cookie)[\w.-]*["']?\s*[:=]\s*)("[^"]*"?|'[^']*'?|[^\s,;&}]+)/gi;
/** `user:password@` in an address of a service. */
const credentials = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]{0,64}:)[^\s@/]{1,128}@/gi;
const bearer = /\b(Bearer|Basic)\s+[A-Za-z0-9+/_.=-]{8,}/g;

/** Text from a stranger as evidence: safe, short, without secrets. */
export function evidenceText(text: string, limit = evidenceLimit): string {
  // Redacted before it is cut: half a key must not hide that a value is secret. Bounded before both.
  const redacted = text
    .slice(0, 4096)
    .replace(bearer, "$1 ***")
    .replace(secretKey, "$1***")
    .replace(credentials, "$1***@");
  return safeText(redacted.trim(), { limit });
}

/** First bytes as text where they are text, else in hexadecimal. */
export function evidenceBytes(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, 128);
  const printable = shown.reduce((count, byte) => count + (byte >= 0x20 && byte < 0x7f ? 1 : 0), 0);
  return shown.length > 0 && printable >= shown.length * 0.85
    ? evidenceText(latin1(shown))
    : Buffer.from(shown.subarray(0, 32)).toString("hex");
}

/** Every text within plain data made safe, in a copy. Bounded by what the parsers keep. */
export function safeData(value: unknown): unknown {
  if (typeof value === "string") return evidenceText(value);
  if (Array.isArray(value)) return value.slice(0, 100).map(safeData);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, safeData(entry)]));
}
