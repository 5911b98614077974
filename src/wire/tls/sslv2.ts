import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";
import type { ClientHello } from "./client-hello.ts";

/** Real ClientHellos list about a dozen ciphers of three bytes, so they are much smaller. */
const maxRecordBytes = 1024;

/**
 * The ClientHello of SSL 2.0 with a record header of two bytes (RFC 6101 appendix E, RFC 5246 appendix E.2). The header of three
 * bytes is only for padded, encrypted records.
 */
export function parseSslv2(bytes: Uint8Array): Outcome<ClientHello> {
  const reader = new Reader(bytes);
  if (reader.peek() < 0x80) return mismatch;
  const recordBytes = reader.u16() & 0x7fff;
  if (reader.overrun) return incomplete;
  if (recordBytes > maxRecordBytes) return mismatch;
  const record = reader.view(recordBytes);
  const type = record.u8();
  if (!record.overrun && type !== 1) return mismatch;
  const version = record.u16();
  if (!record.overrun && !isOffered(version)) return mismatch;
  const cipherBytes = record.u16();
  const sessionIdBytes = record.u16();
  const challengeBytes = record.u16();
  if (record.overrun) return { kind: record.failed() };
  if (cipherBytes === 0 || cipherBytes % 3 !== 0) return mismatch;
  if (sessionIdBytes !== 0 && sessionIdBytes !== 16) return mismatch;
  if (challengeBytes < 16 || challengeBytes > 32) return mismatch;
  if (recordBytes !== 9 + cipherBytes + sessionIdBytes + challengeBytes) return mismatch;

  const ciphers = record.view(cipherBytes);
  const cipherSuites: number[] = [];
  while (ciphers.remaining >= 3) cipherSuites.push(ciphers.u24());
  record.skip(sessionIdBytes + challengeBytes);
  const whole = !record.overrun;
  return match(
    {
      format: "sslv2",
      legacyVersion: version,
      version,
      sni: undefined,
      alpn: [],
      cipherSuites,
      extensions: [],
      supportedGroups: [],
      pointFormats: [],
      signatureAlgorithms: [],
      supportedVersions: [],
      whole,
    },
    whole,
  );
}

function isOffered(version: number): boolean {
  return version === 0x0002 || (version >= 0x0300 && version <= 0x0304);
}
