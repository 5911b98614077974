import { type CommandLine, readCommandLine, readWholeCommandLine } from "../command-line.ts";
import { readDialogue } from "../dialogue/parse.ts";
import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { initialsOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The first commands of an SMTP client. */
export interface SmtpStart {
  /** The first command: `EHLO`. */
  readonly command: string;
  /** The client's name in EHLO or HELO. */
  readonly name?: string;
  readonly from?: string;
  readonly to?: string;
  /** Of AUTH. */
  readonly mechanism?: string;
}

const verbs: ReadonlySet<string> = new Set([
  "AUTH",
  "EHLO",
  "EXPN",
  "HELO",
  "LHLO",
  "MAIL",
  "RCPT",
  "STARTTLS",
  "VRFY",
]);
const mechanisms = /^(PLAIN|LOGIN|CRAM-MD5|DIGEST-MD5|GSSAPI|NTLM|EXTERNAL|XOAUTH2|OAUTHBEARER|SCRAM-[\w-]+)\b/i;
const maxCommands = 8;

/**
 * Proof: a command that only mail servers have, with a valid argument; not HELP, NOOP and QUIT, which other protocols have too.
 * RFC 5321 section 4.1, RFC 3207, RFC 4954; LHLO: RFC 2033.
 */
export function parse(bytes: Uint8Array): Outcome<SmtpStart> {
  const reader = new Reader(bytes);
  const value: { -readonly [Name in keyof SmtpStart]: SmtpStart[Name] } = { command: "" };
  for (let commands = 0; commands < maxCommands && reader.remaining > 0; commands++) {
    const line = readCommandLine(reader, verbs);
    if (line.kind !== "match") {
      if (commands === 0) return line;
      break;
    }
    if (!line.value.ended) {
      if (commands === 0) return opensMail(line.value.verb) ? match({ command: line.value.verb }, false) : incomplete;
      break;
    }
    if (!read(line.value, value)) {
      if (commands === 0) return mismatch;
      break;
    }
    // Mail clients send EHLO before STARTTLS; clients of NUT, NNTP and ManageSieve may begin with it.
    if (commands === 0 && line.value.verb === "STARTTLS") return mismatch;
    if (commands === 0) value.command = line.value.verb;
  }
  return value.command === "" ? incomplete : match(value);
}

const sessionVerbs: ReadonlySet<string> = new Set([
  ...verbs,
  "DATA",
  "HELP",
  "NOOP",
  "QUIT",
  "RSET",
  "XCLIENT",
  "BDAT",
]);

/** If SMTP is expected: any SMTP command. RFC 5321 section 4.1. */
export function parseExpected(bytes: Uint8Array): Outcome<SmtpStart> {
  const proven = parse(bytes);
  if (proven.kind === "match") return proven;
  const first = readWholeCommandLine(new Reader(bytes), sessionVerbs);
  return first.kind === "match" ? match({ command: first.value.verb }) : first;
}

/** EHLO, HELO, LHLO and RCPT prove SMTP by themselves; other verbs only with their arguments. */
function opensMail(verb: string): boolean {
  return verb.endsWith("LO") || verb === "RCPT";
}

/** Reads the facts of one line; false if the argument is invalid. */
function read(line: CommandLine, value: { name?: string; from?: string; to?: string; mechanism?: string }): boolean {
  const { verb, argument } = line;
  switch (verb) {
    case "EHLO":
    case "HELO":
    case "LHLO":
      if (argument !== "") value.name ??= fact(argument);
      return true;
    case "MAIL": {
      const from = /^FROM: ?<?([^<>]*)>?/i.exec(argument);
      if (from !== null) value.from ??= fact(from[1]?.trim() ?? "");
      return from !== null;
    }
    case "RCPT": {
      const to = /^TO: ?<?([^<>]*)>?/i.exec(argument);
      if (to !== null) value.to ??= fact(to[1]?.trim() ?? "");
      return to !== null;
    }
    case "AUTH": {
      const mechanism = mechanisms.exec(argument);
      if (mechanism !== null) value.mechanism ??= (mechanism[1] ?? "").toUpperCase();
      return mechanism !== null;
    }
    case "STARTTLS":
      return argument === "";
    default:
      return argument !== "";
  }
}

export const smtp = protocol({
  name: "smtp",
  strength: "medium",
  firstBytes: initialsOf(verbs),
  parse,
  parseExpected,
  describe: (value) => ({ smtp: { ...value } }),
  secrets: (bytes) => readDialogue("smtp", bytes).secrets,
});
