import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The first command of a gpsd client. */
export interface GpsdRequest {
  /** `WATCH`. */
  readonly command: string;
}

const commands = ["DEVICE", "DEVICES", "POLL", "VERSION", "WATCH"];
const maxBytes = 1024;

/** Proof: a question mark, a command of gpsd, and a semicolon or an object. https://gpsd.gitlab.io/gpsd/gpsd_json.html */
export function parse(bytes: Uint8Array): Outcome<GpsdRequest> {
  let isOpen = false;
  for (const command of commands) {
    const agreement = startsWith(bytes, ascii(`?${command}`));
    isOpen ||= agreement === "incomplete";
    if (agreement !== "match") continue;
    const reader = new Reader(bytes, command.length + 1);
    const next = reader.peek();
    if (next === -1) isOpen = true;
    if (next === 0x3d && reader.peek(1) === 0x7b) return match({ command }, reader.find(0x3b, maxBytes) !== -1);
    if (next === 0x3d && reader.peek(1) === -1) isOpen = true;
    if (next === 0x3b) return match({ command });
  }
  return isOpen ? incomplete : mismatch;
}

export const gpsd = protocol({
  name: "gpsd",
  strength: "medium",
  firstBytes: anyOf("?"),
  parse,
  describe: (value) => ({ gpsd: { ...value } }),
});
