import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { latin1 } from "../reader.ts";

/** The answer of a text protocol's server to a harmless request. */
export interface TextAnswer {
  readonly product?: string | undefined;
  readonly version?: string | undefined;
  /** Its first line. */
  readonly text: string;
  /** The groups of the pattern by name. */
  readonly groups: Readonly<Record<string, string>>;
}

/** A request in text, and how to recognise its answer. */
export interface TextQuestion {
  readonly ask: string;
  /** The beginning of every answer, for an early mismatch. */
  readonly prefix: string;
  /** Matches a complete answer. Groups `product` and `version`. It must be linear: no repetition within a repetition. */
  readonly answer: RegExp;
  /** Matches the server's answer to an HTTP request, or to another unknown command. */
  readonly errorAnswer?: RegExp | undefined;
}

/** A longer answer is a mismatch. */
const maxAnswerBytes = 16_384;

/** The specification is named at each {@link TextQuestion}. */
export function parseTextAnswer(question: TextQuestion, bytes: Uint8Array): Outcome<TextAnswer> {
  if (bytes.length === 0) return incomplete;
  const text = latin1(bytes, 0, Math.min(bytes.length, maxAnswerBytes));
  const { prefix } = question;
  if (!text.startsWith(prefix)) return prefix.startsWith(text) ? incomplete : mismatch;
  const parts = question.answer.exec(text);
  if (parts === null) return bytes.length < maxAnswerBytes ? incomplete : mismatch;
  const groups = Object.fromEntries(
    Object.entries(parts.groups ?? {}).flatMap(([name, value]: [string, string | undefined]) =>
      value === undefined ? [] : [[name, fact(value.trim())]],
    ),
  );
  const { product, version } = groups;
  const end = text.search(/[\r\n\0]/);
  return match({
    product,
    version,
    text: fact(end < 0 ? text : text.slice(0, end)),
    groups,
  });
}

const headerLine = (names: string) => new RegExp(`^(?:${names}):[ \\t]*([^\\r\\n]{1,200})`, "im");
const serverHeader = headerLine("Server|User-Agent");

/** Product and version of a Server or User-Agent header of SIP and RTSP: `kamailio (5.6.3 (x86_64/linux))`, `AirTunes/105.1`. */
export function agentIn(bytes: Uint8Array): {
  readonly product?: string | undefined;
  readonly version?: string | undefined;
} {
  const header = serverHeader.exec(latin1(bytes, 0, Math.min(bytes.length, maxAnswerBytes)))?.[1];
  const parts = header === undefined ? null : /^([A-Za-z][\w.+ -]{0,60}?)[ /(-]{1,8}v?(\d[\w.+-]*)/.exec(header);
  if (parts?.[1] === undefined) return header === undefined ? {} : { product: fact(header.trim()) };
  return { product: fact(parts[1].trim()), version: parts[2] !== undefined ? fact(parts[2]) : undefined };
}
