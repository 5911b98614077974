import { fact } from "../fact.ts";
import { match, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { readQueryLine } from "../query-line.ts";

/** The query of a finger client. */
export interface FingerQuery {
  /** A user name; `user@host` is to be forwarded to another server; empty means all users. */
  readonly query: string;
  /** `/W`: requests detailed output. */
  readonly verbose?: true | undefined;
}

/** Any line, if finger is expected. RFC 1288 section 2.3. */
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
