import type { Details } from "../../core/identification.ts";
import { readWholeCommandLine } from "../command-line.ts";
import { readDialogue } from "../dialogue/parse.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { initialsOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** Commands that only news servers have, and the form of their arguments. RFC 3977, RFC 4643, RFC 4644. */
const forms: ReadonlyMap<string, RegExp> = new Map([
  ["AUTHINFO", /^(?:USER \S|SASL \S)/i],
  ["CAPABILITIES", /^$/],
  ["CHECK", /^<\S+>$/],
  ["GROUP", /^[\w+-]+(?:\.[\w+-]+)+$/],
  ["IHAVE", /^<\S+>$/],
  ["LIST", /^(?:ACTIVE|NEWSGROUPS|OVERVIEW\.FMT)\b/i],
  ["LISTGROUP", /^[\w+-]+(?:\.[\w+-]+)+/],
  ["MODE", /^(?:READER|STREAM)$/i],
  ["NEWGROUPS", /^\d{6}/],
  ["TAKETHIS", /^<\S+>$/],
]);
const verbs: ReadonlySet<string> = new Set(forms.keys());

/** Commands past this size are not read. */
const maxBytes = 4096;

/** The commands, the user and the group; no password. */
export type NntpStart = Details;

/** Proof: a command that only news servers have, with a valid argument. RFC 3977, RFC 4643, RFC 4644. */
export function parse(bytes: Uint8Array): Outcome<NntpStart> {
  const first = readWholeCommandLine(new Reader(bytes), verbs);
  if (first.kind !== "match") return first;
  const { verb, argument } = first.value;
  return forms.get(verb)?.test(argument) === true ? parseExpected(bytes) : mismatch;
}

/** If NNTP is expected: any NNTP command. RFC 3977. */
export function parseExpected(bytes: Uint8Array): Outcome<NntpStart> {
  const { recognised, facts } = readDialogue("nntp", bytes.subarray(0, maxBytes));
  if (recognised === "yes") return match(facts);
  return recognised === "no" ? mismatch : incomplete;
}

export const nntp = protocol({
  name: "nntp",
  strength: "weak",
  firstBytes: initialsOf(verbs),
  parse,
  parseExpected,
  describe: (value) => ({ nntp: { ...value } }),
  secrets: (bytes) => readDialogue("nntp", bytes).secrets,
});
