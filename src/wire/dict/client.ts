import { readWholeCommandLine } from "../command-line.ts";
import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { initialsOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The first request of a client of a dictionary server. */
export interface DictQuery {
  /** The first command: `DEFINE`. */
  readonly command: string;
  /** The client's own description. */
  readonly client?: string;
  readonly database?: string;
  readonly word?: string;
}

const verbs: ReadonlySet<string> = new Set(["CLIENT", "DEFINE", "MATCH", "SHOW"]);
const word = /^(\S{1,64})(?: \S{1,32})? (?:"([^"]{1,256})"|'([^']{1,256})'|([^\s"']{1,256}))$/;
const shown = /^(?:DB|DATABASES|STRAT|STRATEGIES|INFO|SERVER)\b/i;
const maxLines = 8;

/**
 * Proof: DEFINE or MATCH with a database and a word, or SHOW with its argument. CLIENT alone proves nothing. RFC 2229 section
 * 3.
 */
export function parse(bytes: Uint8Array): Outcome<DictQuery> {
  const reader = new Reader(bytes);
  const value: { -readonly [Name in keyof DictQuery]: DictQuery[Name] } = { command: "" };
  for (let lines = 0; lines < maxLines; lines++) {
    if (reader.remaining === 0) return incomplete;
    const line = readWholeCommandLine(reader, verbs);
    if (line.kind !== "match") return line;
    const { verb, argument } = line.value;
    if (value.command === "") value.command = verb;
    if (verb === "CLIENT") {
      if (argument === "") return mismatch;
      value.client ??= fact(argument);
      continue;
    }
    if (verb === "SHOW") return shown.test(argument) ? match(value) : mismatch;
    const asked = word.exec(argument);
    if (asked === null) return mismatch;
    return match({ ...value, database: fact(asked[1] ?? ""), word: fact(asked[2] ?? asked[3] ?? asked[4] ?? "") });
  }
  return mismatch;
}

export const dict = protocol({
  name: "dict",
  strength: "weak",
  firstBytes: initialsOf(verbs),
  parse,
  describe: (value) => ({ dict: { ...value } }),
});
