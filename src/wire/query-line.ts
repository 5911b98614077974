import { linesOf } from "./dialogue/transcript.ts";
import { isPlain } from "./fact.ts";
import { incomplete, match, mismatch, type Outcome } from "./outcome.ts";
import { wireText } from "./reader.ts";

const maxLineBytes = 1024;

/**
 * Reads the single line that is the whole request of whois, finger and gopher. The line alone proves nothing: which protocol
 * it is depends on the port.
 */
export function readQueryLine(bytes: Uint8Array): Outcome<string> {
  if (bytes.length === 0) return incomplete;
  if (bytes.length > maxLineBytes) return mismatch;
  const [line, ...more] = linesOf(bytes);
  if (line === undefined || more.length > 0) return mismatch;
  const text = wireText(bytes.subarray(line.start, line.end), !line.ended);
  return isPlain(text.replaceAll("\t", " ")) ? match(text, line.ended) : mismatch;
}
