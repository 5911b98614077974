import { isPlain } from "./fact.ts";
import { incomplete, match, mismatch, type Outcome } from "./outcome.ts";
import { latin1, type Reader } from "./reader.ts";

/** One line of a text protocol: `EHLO mail.example.org`. */
export interface CommandLine {
  /** As it stands in the list of verbs. */
  readonly verb: string;
  /** What follows the verb, without the spaces around it; empty while the line has no end. */
  readonly argument: string;
  /** The line feed has arrived. */
  readonly ended: boolean;
}

export interface CommandLineOptions {
  /** The verbs count in just this case. Default: they are in upper case, and any case will do. */
  readonly exactCase?: boolean;
}

// A NATS client may send a token of some kilobytes in its first line.
const maximumLineBytes = 8192;

/**
 * Reads a line that begins with one of `verbs`, and moves past it. A control character, a line without an end, or
 * another first word is a mismatch. The verb alone, with the line still open, is a match that is not complete.
 */
export function readCommandLine(
  reader: Reader,
  verbs: ReadonlySet<string>,
  options: CommandLineOptions = {},
): Outcome<CommandLine> {
  const word = readWord(reader);
  const verb = options.exactCase === true ? word.text : word.text.toUpperCase();
  if (!word.ended) {
    for (const candidate of verbs) if (candidate.startsWith(verb)) return incomplete;
    return mismatch;
  }
  if (!verbs.has(verb)) return mismatch;
  const available = reader.remaining;
  const line = reader.line(maximumLineBytes);
  if (line === undefined) {
    if (available >= maximumLineBytes) return mismatch;
    const rest = latin1(reader.bytes, reader.offset, reader.end);
    return isText(rest.endsWith("\r") ? rest.slice(0, -1) : rest)
      ? match({ verb, argument: "", ended: false }, false)
      : mismatch;
  }
  if (!isText(line)) return mismatch;
  return match({ verb, argument: line.slice(word.text.length).trim(), ended: true });
}

const longestVerb = 24;

/** The first word, without moving. */
function readWord(reader: Reader): { readonly text: string; readonly ended: boolean } {
  let length = 0;
  while (length < longestVerb) {
    const byte = reader.peek(length);
    if (byte <= 0x20) break;
    length++;
  }
  const text = latin1(reader.bytes, reader.offset, reader.offset + length);
  return { text, ended: reader.peek(length) !== -1 };
}

function isText(line: string): boolean {
  return isPlain(line.replaceAll("\t", " "));
}
