import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** TDS PRELOGIN with the options VERSION and ENCRYPTION (off, but available). [MS-TDS] 2.2.6.5. */
export const mssqlPrelogin = Uint8Array.of(
  ...[0x12, 0x01, 0, 26, 0, 0, 1, 0],
  ...[0x00, 0, 11, 0, 6],
  ...[0x01, 0, 17, 0, 1],
  0xff,
  ...[15, 0, 0, 0, 0, 0],
  0,
);

export interface MssqlAnswer {
  /** `16.0.1000`. */
  readonly version: string;
  readonly encryption: "off" | "on" | "not-supported" | "required";
}

const encryptions = ["off", "on", "not-supported", "required"] as const;

/** The server's PRELOGIN. [MS-TDS] 2.2.6.5. */
export function parseMssqlPrelogin(bytes: Uint8Array): Outcome<MssqlAnswer> {
  const reader = new Reader(bytes);
  const kind = reader.u8();
  if (bytes.length > 0 && kind !== 4) return mismatch;
  reader.skip(1);
  const length = reader.u16();
  reader.skip(4);
  if (reader.overrun) return incomplete;
  if (length < 16 || length > 4096) return mismatch;
  const body = reader.view(length - 8);
  if (body.cut) return incomplete;
  let version: string | undefined;
  let encryption: MssqlAnswer["encryption"] | undefined;
  for (let options = 0; options < 16; options++) {
    const token = body.u8();
    if (token === 0xff || body.overrun) break;
    const at = body.u16();
    const size = body.u16();
    const value = new Reader(body.bytes, Math.min(8 + at, body.end), body.end, false);
    if (token === 0 && size >= 4) version = `${value.u8()}.${value.u8()}.${value.u16()}`;
    if (token === 1 && size >= 1) encryption = encryptions[value.u8()];
    if (value.overrun) return mismatch;
  }
  return version === undefined || encryption === undefined || body.overrun ? mismatch : match({ version, encryption });
}
