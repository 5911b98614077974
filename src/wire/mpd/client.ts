import { linesOf, splitCommand } from "../dialogue/transcript.ts";
import { fact, nonEmptyList } from "../fact.ts";
import { secretsOfLines } from "../line-secrets.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, maxInspectedBytes, startsWith } from "../reader.ts";

/** The commands of a client of the Music Player Daemon. The password is not included. */
export interface MpdCommand {
  readonly command: string;
  /** Further commands in the same bytes, at most 8. */
  readonly following?: readonly string[] | undefined;
}

const lists = [ascii("command_list_begin\n"), ascii("command_list_ok_begin\n")];
const maxFollowing = 8;

/** Proof: the beginning of a command list. https://mpd.readthedocs.io/en/stable/protocol.html#command-lists */
export function parse(bytes: Uint8Array): Outcome<MpdCommand> {
  const agreements = lists.map((list) => startsWith(bytes, list));
  if (agreements.includes("match")) return parseExpected(bytes);
  return agreements.includes("incomplete") ? incomplete : mismatch;
}

/** If MPD is expected: any line that begins with a word. https://mpd.readthedocs.io/en/stable/protocol.html */
export function parseExpected(bytes: Uint8Array): Outcome<MpdCommand> {
  const words: string[] = [];
  for (const line of linesOf(bytes.subarray(0, maxInspectedBytes))) {
    const word = splitCommand(line).verb.toLowerCase();
    if (words.length === 0 && !/^[a-z_]{0,32}$/.test(word)) return mismatch;
    if (!line.ended || word === "" || words.length > maxFollowing) break;
    words.push(fact(word));
  }
  const [command, ...following] = words;
  return command === undefined ? incomplete : match({ command, following: nonEmptyList(following) });
}

export const mpd = protocol({
  name: "mpd",
  strength: "medium",
  firstBytes: anyOf("c"),
  parse,
  parseExpected,
  describe: (value) => ({ mpd: { ...value } }),
  secrets: secretsOfLines((verb, argument) => (verb === "PASSWORD" ? argument : undefined)),
});
