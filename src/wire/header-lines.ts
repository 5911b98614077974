import { fact, isPlain } from "./fact.ts";
import type { Reader } from "./reader.ts";

/** The header lines of a message in the style of RFC 822, as SIP, RTSP and STOMP send them. */
export interface HeaderLines {
  /** The first value of every wanted name that has arrived whole. */
  readonly values: ReadonlyMap<string, string>;
  /** The empty line behind the headers has arrived. */
  readonly ended: boolean;
  /** A line is no header. */
  readonly malformed: boolean;
}

const maximumLineBytes = 4096;

/** Reads `name: value` lines up to the empty line and past it. `wanted` are names in lower case. */
export function readHeaderLines(reader: Reader, wanted: ReadonlySet<string>): HeaderLines {
  const values = new Map<string, string>();
  for (;;) {
    const available = reader.remaining;
    const line = reader.line(maximumLineBytes);
    if (line === undefined) return { values, ended: false, malformed: available >= maximumLineBytes };
    if (line === "") return { values, ended: true, malformed: false };
    // A line that begins with a space goes on with the value before it (RFC 3261 section 7.3.1): not needed here.
    if (line.startsWith(" ") || line.startsWith("\t")) continue;
    const colon = line.indexOf(":");
    if (colon < 1 || !isPlain(line.replaceAll("\t", " "))) return { values, ended: false, malformed: true };
    const name = line.slice(0, colon).trim().toLowerCase();
    if (wanted.has(name) && !values.has(name)) values.set(name, fact(line.slice(colon + 1).trim()));
  }
}
