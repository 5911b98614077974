import { fact } from "../fact.ts";
import { match, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { readQueryLine } from "../query-line.ts";

/** The request of a gopher client. */
export interface GopherRequest {
  /** Empty for the main menu. */
  readonly selector: string;
  readonly search?: string | undefined;
}

/** Any line, if gopher is expected. RFC 1436 sections 2 and 3.7. */
export function parse(bytes: Uint8Array): Outcome<GopherRequest> {
  const line = readQueryLine(bytes);
  if (line.kind !== "match") return line;
  const [selector = "", search] = line.value.split("\t", 2);
  return match({ selector: fact(selector), search: fact(search) }, line.complete);
}

export const gopher = protocol({
  name: "gopher",
  strength: "weak",
  parseExpected: parse,
  describe: (value) => ({ gopher: { ...value } }),
});
