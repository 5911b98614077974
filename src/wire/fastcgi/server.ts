import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader } from "../reader.ts";

/** FastCGI 1.0 section 4.1: FCGI_GET_VALUES, a management record that runs no program. */
export const fastCgiGetValues = Uint8Array.of(
  ...[1, 9, 0, 0, 0, 17, 7, 0],
  ...[15, 0],
  ...ascii("FCGI_MPXS_CONNS"),
  ...[0, 0, 0, 0, 0, 0, 0],
);

/** FCGI_GET_VALUES_RESULT (FastCGI 1.0 section 4.1), or FCGI_UNKNOWN_TYPE (section 4.2). */
export function parseFastCgiAnswer(bytes: Uint8Array): Outcome<{ readonly values: boolean }> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const type = reader.u8();
  const request = reader.u16();
  const length = reader.u16();
  reader.skip(2);
  if (reader.overrun) {
    const isOurs = (bytes[0] ?? 1) === 1 && [10, 11].includes(bytes[1] ?? 10);
    return isOurs ? incomplete : mismatch;
  }
  if (version !== 1 || (type !== 10 && type !== 11) || request !== 0 || length > 256) return mismatch;
  return match({ values: type === 10 });
}
