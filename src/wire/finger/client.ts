import { fact } from "../fact.ts";
import { match, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { readQueryLine } from "../query-line.ts";

/** Whom a client of finger asks for. */
export interface FingerQuery {
  /** A user; `user@host` asks to be passed on to another server; empty for everybody. */
  readonly query: string;
  /** `/W`: everything that is known of the user. */
  readonly verbose?: true | undefined;
}

/** A line, where finger is expected. RFC 1288 section 2.3. */
export function parse(bytes: Uint8Array): Outcome<FingerQuery> {
  const line = readQueryLine(bytes);
  if (line.kind !== "match") return line;
  const isVerbose = /^\/W(?:\s|$)/i.test(line.value);
  const query = fact((isVerbose ? line.value.slice(2) : line.value).trim());
  return match({ query, verbose: isVerbose ? true : undefined }, line.complete);
}

export const finger = protocol({
  name: "finger",
  strength: "weak",
  parseExpected: parse,
  describe: (value) => ({ finger: { ...value } }),
});
