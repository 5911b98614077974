import { fact } from "../fact.ts";
import { match, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { readQueryLine } from "../query-line.ts";

/** The query of a whois client. */
export interface WhoisQuery {
  readonly query: string;
}

/** Any line, if whois is expected. RFC 3912. */
export function parse(bytes: Uint8Array): Outcome<WhoisQuery> {
  const line = readQueryLine(bytes);
  return line.kind === "match" ? match({ query: fact(line.value.trim()) }, line.complete) : line;
}

export const whois = protocol({
  name: "whois",
  strength: "weak",
  parseExpected: parse,
  describe: (value) => ({ whois: { ...value } }),
});
