/**
 * A server's first answer to a ClientHello.
 * - `hello`: it chose a version and a cipher suite (a HelloRetryRequest does so, too: RFC 8446 section 4.1.4).
 * - `alert`: it speaks TLS and refuses what was offered.
 * - `other`: this is not TLS.
 * - `incomplete`: more bytes are needed.
 */
export type ServerAnswer =
  | { readonly kind: "hello"; readonly version: number; readonly cipherSuite: number }
  | { readonly kind: "alert"; readonly description: number }
  | { readonly kind: "other" }
  | { readonly kind: "incomplete" };

const other: ServerAnswer = { kind: "other" };
const incomplete: ServerAnswer = { kind: "incomplete" };

/** The hello fits into one record: RFC 8446 section 5.1 allows a longer one, but no server needs 16 KiB for its hello. */
const maxRecordBytes = 16_384 + 2048;

/** Reads the first record. Total; looks at no more than a ServerHello can have. */
export function readServerHello(bytes: Uint8Array): ServerAnswer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = bytes[0];
  if (type === undefined) return incomplete;
  if (type !== 22 && type !== 21) return other;
  if (bytes.length > 1 && bytes[1] !== 3) return other;
  if (bytes.length > 2 && (bytes[2] ?? 0) > 4) return other;
  if (bytes.length < 5) return incomplete;
  const length = view.getUint16(3);
  if (length === 0 || length > maxRecordBytes) return other;
  if (type === 21) {
    if (length !== 2) return other;
    if (bytes.length < 7) return incomplete;
    return { kind: "alert", description: bytes[6] ?? 0 };
  }
  if (bytes.length > 5 && bytes[5] !== 2) return other;
  const end = 5 + length;
  // Type, length, version, random: then the length of the session id.
  if (length < 4 + 2 + 32 + 1 + 3) return other;
  if (bytes.length < 44) return incomplete;
  const at = 44 + (bytes[43] ?? 0);
  if (at + 3 > end) return other;
  if (bytes.length < at + 3) return incomplete;
  const legacyVersion = view.getUint16(9);
  const cipherSuite = view.getUint16(at);
  const messageEnd = 9 + (bytes[6] ?? 0) * 65_536 + view.getUint16(7);
  const extensionsEnd = Math.min(end, messageEnd);
  if (bytes.length < extensionsEnd) return incomplete;
  const version = selectedVersion(view, at + 3, extensionsEnd) ?? legacyVersion;
  return { kind: "hello", version, cipherSuite };
}

/** The version in the supported_versions extension (RFC 8446 section 4.2.1): TLS 1.3 is only there. */
function selectedVersion(view: DataView, start: number, end: number): number | undefined {
  if (start + 2 > end) return undefined;
  for (let at = start + 2; at + 4 <= end; ) {
    const type = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (type === 43 && length === 2 && at + 6 <= end) return view.getUint16(at + 4);
    at += 4 + length;
  }
  return undefined;
}
