import type { Details } from "../../core/identification.ts";
import { readDialogue } from "../dialogue/parse.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { latin1 } from "../reader.ts";

/** Commands past this size are not read. */
const maxBytes = 4096;

/** The commands, the mechanism and the user; no password. */
export type SieveStart = Details;

const proof =
  /^(?:AUTHENTICATE "|(?:PUTSCRIPT|GETSCRIPT|SETACTIVE|DELETESCRIPT|CHECKSCRIPT|RENAMESCRIPT|HAVESPACE) ["{]|LISTSCRIPTS\r?\n|UNAUTHENTICATE\r?\n)/i;
const beginnings = ["authenticate", "putscript", "getscript", "setactive", "deletescript", "checkscript"].concat([
  "renamescript",
  "havespace",
  "listscripts",
  "unauthenticate",
]);

/** Proof: a ManageSieve command with a string, and without the tag that IMAP has. RFC 5804 section 2. */
export function parse(bytes: Uint8Array): Outcome<SieveStart> {
  const start = latin1(bytes, 0, Math.min(bytes.length, 32));
  if (proof.test(start)) return parseExpected(bytes);
  const arrived = start.toLowerCase();
  const mayBecome = beginnings.some(
    (word) => word.startsWith(arrived) || arrived === `${word} ` || arrived === `${word}\r`,
  );
  return mayBecome ? incomplete : mismatch;
}

/** If ManageSieve is expected: any of its commands. RFC 5804 section 2. */
export function parseExpected(bytes: Uint8Array): Outcome<SieveStart> {
  const { recognised, facts } = readDialogue("sieve", bytes.subarray(0, maxBytes));
  if (recognised === "yes") return match(facts);
  return recognised === "no" ? mismatch : incomplete;
}

export const sieve = protocol({
  name: "sieve",
  strength: "medium",
  firstBytes: anyOf("ACDGHLPRSUacdghlprsu"),
  parse,
  parseExpected,
  describe: (value) => ({ sieve: { ...value } }),
  secrets: (bytes) => readDialogue("sieve", bytes).secrets,
});
