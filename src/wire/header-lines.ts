import { fact, isPlain } from "./fact.ts";
import type { Reader } from "./reader.ts";

/** Header lines as in RFC 822: SIP, RTSP and STOMP have them. */
export interface HeaderLines {
  /** The first value of each wanted name, if it has arrived completely. */
  readonly values: ReadonlyMap<string, string>;
  /** The empty line after the headers has arrived. */
  readonly ended: boolean;
  /** A line is not a header. */
  readonly malformed: boolean;
}

const maxLineBytes = 4096;

/** Reads `name: value` lines up to and including the empty line. @param wanted names in lower case */
export function readHeaderLines(reader: Reader, wanted: ReadonlySet<string>): HeaderLines {
  const values = new Map<string, string>();
  for (;;) {
    const available = reader.remaining;
    const line = reader.line(maxLineBytes);
    if (line === undefined) return { values, ended: false, malformed: available >= maxLineBytes };
    if (line === "") return { values, ended: true, malformed: false };
    // A line that begins with a space continues the previous value (RFC 3261 section 7.3.1): not needed here.
    if (line.startsWith(" ") || line.startsWith("\t")) continue;
    const colon = line.indexOf(":");
    if (colon < 1 || !isPlain(line.replaceAll("\t", " "))) return { values, ended: false, malformed: true };
    const name = line.slice(0, colon).trim().toLowerCase();
    if (wanted.has(name) && !values.has(name)) values.set(name, fact(line.slice(colon + 1).trim()));
  }
}
