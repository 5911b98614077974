import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, latin1, Reader } from "../reader.ts";

/**
 * The `status` request of apcupsd's network information server. Each line is preceded by a length of two bytes.
 * https://apcupsd.org/manual/
 */
export const apcupsdStatus = Uint8Array.of(0, 6, ...ascii("status"));

/** The lines of the status, up to an empty one: `VERSION  : 3.14.14 ...`, `MODEL    : Back-UPS ES 700`. */
export function parseApcupsdStatus(
  bytes: Uint8Array,
): Outcome<{ readonly version?: string | undefined; readonly model?: string | undefined }> {
  const reader = new Reader(bytes);
  const facts = new Map<string, string>();
  for (let lines = 0; lines < 64; lines++) {
    const length = reader.u16();
    if (reader.overrun) return facts.has("APC") || bytes.length < 2 ? incomplete : mismatch;
    if (length === 0) break;
    if (length > 128) return mismatch;
    const line = reader.latin1(length);
    if (reader.overrun) {
      return lines > 0 || "APC      :".startsWith(latin1(bytes, 2, Math.min(bytes.length, 12))) ? incomplete : mismatch;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim();
    if (lines === 0 && name !== "APC") return mismatch;
    facts.set(name, fact(line.slice(colon + 1).trim()));
  }
  if (!facts.has("APC")) return mismatch;
  const version = /^\d[\w.]*/.exec(facts.get("VERSION") ?? "")?.[0];
  const model = facts.get("MODEL");
  return match({ version, model });
}
