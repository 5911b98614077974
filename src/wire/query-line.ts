import { linesOf } from "./dialogue/transcript.ts";
import { isPlain } from "./fact.ts";
import { incomplete, match, mismatch, type Outcome } from "./outcome.ts";
import { wireText } from "./reader.ts";

const maximumLineBytes = 1024;

/**
 * The one line that is all that a client says, as whois, finger and gopher have it. It is proof of nothing: what it asks for
 * depends on the port that it is sent to.
 */
export function readQueryLine(bytes: Uint8Array): Outcome<string> {
  if (bytes.length === 0) return incomplete;
  if (bytes.length > maximumLineBytes) return mismatch;
  const [line, ...more] = linesOf(bytes);
  if (line === undefined || more.length > 0) return mismatch;
  const text = wireText(bytes.subarray(line.start, line.end), !line.ended);
  return isPlain(text.replaceAll("\t", " ")) ? match(text, line.ended) : mismatch;
}
