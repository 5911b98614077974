import { fact } from "../fact.ts";
import { match, mismatch, type Outcome } from "../outcome.ts";
import type { Reader } from "../reader.ts";
import type { MssqlStart } from "./start.ts";

const fixedBytes = 36;
/** [MS-TDS] 2.2.6.4: the fields after the fixed ones, in this order. Each has an offset, and a length in characters. */
const fields = ["host", "user", "password", "application", "server", "unused", "clientLibrary", "language", "database"];

/** LOGIN7: fixed fields, then pairs of offset and length that point to UCS-2 text. The password is not read. [MS-TDS] 2.2.6.4. */
export function readLogin(body: Reader): Outcome<MssqlStart> {
  const start = body.offset;
  const length = body.u32le();
  const tdsVersion = body.u32le();
  if (body.overrun) return { kind: body.failed() };
  if (length < fixedBytes + fields.length * 4 || length > 131_072) return mismatch;
  const major = tdsVersion >>> 28;
  const minor = (tdsVersion >>> 24) & 0x0f;
  if (major !== 7 || minor > 4) return mismatch;
  const value: { -readonly [Name in keyof MssqlStart]: MssqlStart[Name] } = {
    request: "login",
    version: `${major}.${minor}`,
  };
  body.skip(fixedBytes - 8);
  let complete = true;
  for (const field of fields) {
    const offset = body.u16le();
    const bytes = body.u16le() * 2;
    if (body.overrun) return body.cut ? match(value, false) : mismatch;
    if (bytes === 0) continue;
    if (offset + bytes > length) return mismatch;
    if (start + offset + bytes > body.end) {
      if (!body.cut) return mismatch;
      complete = false;
      continue;
    }
    const text = ucs2(body.bytes, start + offset, bytes);
    if (field === "host" || field === "user" || field === "application") value[field] = text;
    if (field === "database" || field === "clientLibrary") value[field] = text;
  }
  return match(value, complete && !body.cut);
}

function ucs2(bytes: Uint8Array, start: number, length: number): string {
  return fact(Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(length, 1024)).toString("utf16le"));
}
