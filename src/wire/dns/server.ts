import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader } from "../reader.ts";

/** The query `version.bind` TXT CH over TCP (RFC 1035 section 4.2.2), with identifier 0x4842 and without recursion. */
export const dnsVersionQuery = Uint8Array.of(
  ...[0, 30, 0x48, 0x42, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
  7,
  ...ascii("version"),
  4,
  ...ascii("bind"),
  ...[0, 0, 16, 0, 3],
);

export interface DnsAnswer {
  readonly responseCode: number;
  /** The version text of the server: `9.18.24-1-Debian`, `unbound 1.17.1`, `dnsmasq-2.89`. */
  readonly version?: string;
}

/** The first answer record. RFC 1035 section 4.1. */
export function parseDnsVersion(bytes: Uint8Array): Outcome<DnsAnswer> {
  const reader = new Reader(bytes);
  const length = reader.u16();
  const id = reader.u16();
  const flags = reader.u16();
  if (reader.overrun) return incomplete;
  if (length < 12 || id !== 0x4842 || (flags & 0x8000) === 0) return mismatch;
  const body = reader.view(length - 4);
  if (body.cut) return incomplete;
  const questions = body.u16();
  const answers = body.u16();
  body.skip(4);
  const responseCode = flags & 0x0f;
  if (questions > 1) return mismatch;
  if (questions === 1) {
    skipName(body);
    body.skip(4);
  }
  if (body.overrun) return mismatch;
  if (answers === 0) return match({ responseCode });
  skipName(body);
  const type = body.u16();
  body.skip(6);
  const data = body.view(body.u16());
  const version = data.latin1(data.u8());
  if (body.overrun || data.overrun || type !== 16) return match({ responseCode });
  return match({ responseCode, version: fact(version) });
}

function skipName(body: Reader): void {
  for (let labels = 0; labels < 128; labels++) {
    const length = body.u8();
    if (length === 0) return;
    if (length >= 0xc0) {
      body.skip(1);
      return;
    }
    body.skip(length);
  }
}
