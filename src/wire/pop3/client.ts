import { type CommandLine, readWholeCommandLine } from "../command-line.ts";
import { readDialogue } from "../dialogue/parse.ts";
import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, initialsOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The first command of a POP3 client. The password is not included. */
export interface Pop3Start {
  /** The first command: `CAPA`. */
  readonly command: string;
  readonly user?: string;
}

const verbs: ReadonlySet<string> = new Set(["APOP", "CAPA", "STLS", "UIDL"]);
const user: ReadonlySet<string> = new Set(["USER"]);
const followers: ReadonlySet<string> = new Set([
  ...verbs,
  "USER",
  "PASS",
  "STAT",
  "LIST",
  "RETR",
  "TOP",
  "DELE",
  "NOOP",
  "QUIT",
]);

/** {@link parseCommand}, otherwise {@link parseUser}. RFC 1939. */
export function parse(bytes: Uint8Array): Outcome<Pop3Start> {
  const outcome = parseCommand(bytes);
  return outcome.kind === "mismatch" ? parseUser(bytes) : outcome;
}

/** Proof: CAPA, STLS, UIDL, or APOP with its digest. RFC 1939, RFC 2449, RFC 2595. */
export function parseCommand(bytes: Uint8Array): Outcome<Pop3Start> {
  const first = readWholeCommandLine(new Reader(bytes), verbs);
  if (first.kind !== "match") return first;
  const { verb, argument } = first.value;
  if (verb === "APOP") {
    const name = /^(\S{1,64}) [0-9a-f]{32}$/i.exec(argument)?.[1];
    return name === undefined ? mismatch : match({ command: verb, user: fact(name) });
  }
  const isWellFormed = verb === "UIDL" ? /^\d*$/.test(argument) : argument === "";
  return isWellFormed ? match({ command: verb }) : mismatch;
}

const sessionVerbs: ReadonlySet<string> = new Set([...followers, "AUTH", "LAST", "RSET", "UTF8", "LANG"]);

/** If POP3 is expected: any POP3 command. RFC 1939, RFC 2449, RFC 5034. */
export function parseExpected(bytes: Uint8Array): Outcome<Pop3Start> {
  const proven = parse(bytes);
  if (proven.kind === "match") return proven;
  const first = readWholeCommandLine(new Reader(bytes), sessionVerbs);
  if (first.kind !== "match") return first;
  const { verb, argument } = first.value;
  if (verb !== "USER") return match({ command: verb });
  return argument === "" ? mismatch : match({ command: verb, user: fact(argument) });
}

/** Weak: `USER` may be FTP, so it is incomplete until a command follows that FTP does not have. RFC 1939. */
export function parseUser(bytes: Uint8Array): Outcome<Pop3Start> {
  const reader = new Reader(bytes);
  const first = readWholeCommandLine(reader, user);
  if (first.kind !== "match") return first;
  const { argument } = first.value;
  return /^\S+$/.test(argument) ? afterUser(reader, fact(argument)) : mismatch;
}

function afterUser(reader: Reader, user: string): Outcome<Pop3Start> {
  let hasPassword = false;
  for (let lines = 0; lines < 8 && reader.remaining > 0; lines++) {
    const next = readWholeCommandLine(reader, followers);
    if (next.kind !== "match") return next;
    if (isOnlyPop3(next.value, hasPassword)) return match({ command: "USER", user });
    hasPassword ||= next.value.verb === "PASS";
  }
  return incomplete;
}

function isOnlyPop3({ verb, argument }: CommandLine, hasPassword: boolean): boolean {
  if (verb === "RETR") return /^\d+$/.test(argument);
  if (verb === "STAT" || verb === "LIST") return hasPassword;
  return ["UIDL", "CAPA", "TOP", "DELE", "STLS", "APOP"].includes(verb);
}

export const pop3 = protocol({
  name: "pop3",
  strength: "medium",
  firstBytes: initialsOf(verbs),
  parse: parseCommand,
  describe: (value) => ({ pop3: { ...value } }),
  secrets: (bytes) => readDialogue("pop3", bytes).secrets,
});

/** `USER` first. Weak, because it may be FTP, and an incomplete stronger protocol would delay FTP. */
export const pop3User = protocol({
  name: "pop3",
  strength: "weak",
  firstBytes: anyOf("Uu"),
  parse: parseUser,
  parseExpected,
  describe: (value) => ({ pop3: { ...value } }),
  secrets: (bytes) => readDialogue("pop3", bytes).secrets,
});
