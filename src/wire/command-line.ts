import { isPlain } from "./fact.ts";
import { incomplete, match, mismatch, type Outcome } from "./outcome.ts";
import { latin1, type Reader } from "./reader.ts";

/** One line of a text protocol: `EHLO mail.example.org`. */
export interface CommandLine {
  /** As written in the list of verbs. */
  readonly verb: string;
  /** What follows the verb, trimmed. Empty until the end of the line has arrived. */
  readonly argument: string;
  /** The line feed has arrived. */
  readonly ended: boolean;
}

export interface CommandLineOptions {
  /** Match the case of the verbs exactly. By default verbs are listed in upper case, and case is ignored. */
  readonly exactCase?: boolean;
}

// A NATS client may send a token of several kilobytes in its first line.
const maxLineBytes = 8192;

/**
 * Reads one line that begins with one of `verbs`. A control character, a line that is too long, or another first word is
 * a mismatch. If the line has not ended yet, the match is incomplete and has only the verb.
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
  const line = reader.line(maxLineBytes);
  if (line === undefined) {
    if (available >= maxLineBytes) return mismatch;
    const rest = latin1(reader.bytes, reader.offset, reader.end);
    return isText(rest.endsWith("\r") ? rest.slice(0, -1) : rest)
      ? match({ verb, argument: "", ended: false }, false)
      : mismatch;
  }
  if (!isText(line)) return mismatch;
  return match({ verb, argument: line.slice(word.text.length).trim(), ended: true });
}

/** As {@link readCommandLine}, but incomplete until the line has ended. */
export function readWholeCommandLine(
  reader: Reader,
  verbs: ReadonlySet<string>,
  options: CommandLineOptions = {},
): Outcome<CommandLine> {
  const line = readCommandLine(reader, verbs, options);
  return line.kind === "match" && !line.value.ended ? incomplete : line;
}

const maxVerbLength = 24;

/** The first word; the reader does not move. */
function readWord(reader: Reader): { readonly text: string; readonly ended: boolean } {
  let length = 0;
  while (length < maxVerbLength) {
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
