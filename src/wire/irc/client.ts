import { type CommandLine, readCommandLine, readWholeCommandLine } from "../command-line.ts";
import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { initialsOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";
import { ircSecrets } from "./secrets.ts";

/** The registration of an IRC client, often a bot. The password is not included. */
export interface IrcRegistration {
  readonly nickname?: string;
  readonly user?: string;
  readonly realName?: string;
}

const verbs: ReadonlySet<string> = new Set(["CAP", "NICK", "PASS", "USER"]);
const maxLines = 8;

/**
 * Proof: NICK with a nickname, USER with four parameters, or CAP; PASS alone proves nothing.
 * RFC 2812 section 3.1; https://ircv3.net/specs/extensions/capability-negotiation
 */
export function parse(bytes: Uint8Array): Outcome<IrcRegistration> {
  const reader = new Reader(bytes);
  const value: { -readonly [Name in keyof IrcRegistration]: IrcRegistration[Name] } = {};
  let isProven = false;
  for (let lines = 0; lines < maxLines && reader.remaining > 0; lines++) {
    const line = readCommandLine(reader, verbs);
    if (line.kind !== "match" || !line.value.ended) {
      if (isProven) break;
      return line.kind === "mismatch" ? mismatch : incomplete;
    }
    const found = read(line.value, value);
    if (found === "mismatch") return mismatch;
    isProven ||= found === "proof";
  }
  return isProven ? match(value) : incomplete;
}

const sessionVerbs: ReadonlySet<string> = new Set([...verbs, "JOIN", "LIST", "MODE", "PING", "PRIVMSG", "QUIT", "WHO"]);

/** If IRC is expected: any of the usual commands. RFC 2812 section 3. */
export function parseExpected(bytes: Uint8Array): Outcome<IrcRegistration> {
  const proven = parse(bytes);
  if (proven.kind === "match") return proven;
  const first = readWholeCommandLine(new Reader(bytes), sessionVerbs);
  return first.kind === "match" ? match({}) : first;
}

function read(
  line: CommandLine,
  value: { nickname?: string; user?: string; realName?: string },
): "proof" | "nothing" | "mismatch" {
  const { verb, argument } = line;
  if (verb === "PASS") return argument === "" ? "mismatch" : "nothing";
  if (verb === "CAP") return /^(?:LS|LIST|REQ|END)\b/i.test(argument) ? "proof" : "mismatch";
  if (verb === "NICK") {
    const nickname = /^:?([\p{L}[\]\\`_^{|}][\p{L}\p{N}_[\]\\`^{|}-]{0,63})$/u.exec(argument)?.[1];
    if (nickname === undefined) return "mismatch";
    value.nickname ??= nickname;
    return "proof";
  }
  const [, user = "", realName = ""] = /^(\S+) \S+ \S+ :?(.+)$/.exec(argument) ?? [];
  if (user === "") return "mismatch";
  value.user ??= fact(user);
  value.realName ??= fact(realName);
  return "proof";
}

export const irc = protocol({
  name: "irc",
  strength: "medium",
  firstBytes: initialsOf(verbs),
  parse,
  parseExpected,
  describe: (value) => ({ irc: { ...value } }),
  secrets: ircSecrets,
});
