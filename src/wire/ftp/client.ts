import { readCommandLine, readWholeCommandLine } from "../command-line.ts";
import { readDialogue } from "../dialogue/parse.ts";
import { fact, nonEmptyList } from "../fact.ts";
import { match, mismatch, type Outcome } from "../outcome.ts";
import { initialsOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The first commands of an FTP client. The password is not included. */
export interface FtpStart {
  /** The first command: `USER`. */
  readonly command: string;
  readonly user?: string | undefined;
  /** Argument of AUTH: `TLS`. */
  readonly mechanism?: string | undefined;
  /** Further commands in the same bytes, at most 8. */
  readonly following?: readonly string[] | undefined;
}

/** The form of each command's argument. RFC 959, RFC 2228, RFC 2389, RFC 2428. */
const forms: ReadonlyMap<string, RegExp> = new Map([
  ["USER", /^\S.{0,255}$/],
  ["AUTH", /^(?:TLS|SSL|TLS-C|TLS-P|GSSAPI|KERBEROS_V4)$/i],
  ["FEAT", /^$/],
  ["SYST", /^$/],
  ["PASV", /^$/],
  ["EPSV", /^(?:\d|ALL)?$/i],
  ["PORT", /^\d{1,3}(?:,\d{1,3}){5}$/],
  ["CWD", /^\S.*$/],
  ["PWD", /^$/],
  ["XPWD", /^$/],
  ["MKD", /^\S.*$/],
  ["RMD", /^\S.*$/],
  ["RETR", /^\S.*$/],
  ["STOR", /^\S.*$/],
  ["OPTS", /^\S.*$/],
  ["SITE", /^\S.*$/],
  ["TYPE", /^[AEIL](?: \S+)?$/i],
  ["PBSZ", /^\d+$/],
]);
const verbs: ReadonlySet<string> = new Set(forms.keys());
const followers: ReadonlySet<string> = new Set([...verbs, "PASS", "LIST", "NLST", "STAT", "NOOP", "QUIT", "HELP"]);
// Commands after USER and PASS that only POP3 has.
const pop3Followers: ReadonlySet<string> = new Set(["UIDL", "CAPA", "TOP", "DELE", "STLS", "APOP"]);
const everyFollower: ReadonlySet<string> = new Set([...followers, ...pop3Followers, "NICK"]);

const sessionVerbs: ReadonlySet<string> = new Set([
  ...followers,
  ...["ABOR", "ACCT", "ALLO", "APPE", "CCC", "CDUP", "CLNT", "DELE", "EPRT", "HOST", "LANG", "MDTM", "MFMT", "MLSD"],
  ...["MLST", "MODE", "PROT", "REIN", "REST", "RNFR", "RNTO", "SIZE", "SMNT", "STOU", "STRU", "XCUP", "XMKD", "XRMD"],
]);

/** If FTP is expected: any FTP command. RFC 959, RFC 2228, RFC 2389, RFC 3659, RFC 5797. */
export function parseExpected(bytes: Uint8Array): Outcome<FtpStart> {
  const proven = parse(bytes);
  if (proven.kind === "match") return proven;
  const first = readWholeCommandLine(new Reader(bytes), sessionVerbs);
  if (first.kind !== "match") return first;
  const { verb, argument } = first.value;
  return match({ command: verb, user: verb === "USER" && argument !== "" ? fact(argument) : undefined });
}

/**
 * Weak: an FTP command with a valid argument. `USER` is POP3 too: only later commands can show that. `USER a b c :d` is IRC.
 * RFC 959 section 4.1.
 */
export function parse(bytes: Uint8Array): Outcome<FtpStart> {
  const reader = new Reader(bytes);
  const first = readWholeCommandLine(reader, verbs);
  if (first.kind !== "match") return first;
  const { verb, argument } = first.value;
  if (forms.get(verb)?.test(argument) !== true) return mismatch;
  if (verb === "USER" && /^\S+ \S+ \S+ /.test(argument)) return mismatch;
  const following: string[] = [];
  while (reader.remaining > 0 && following.length < 8) {
    const next = readCommandLine(reader, everyFollower);
    if (next.kind !== "match" || !next.value.ended) break;
    const isPop3 =
      pop3Followers.has(next.value.verb) ||
      (next.value.verb === "RETR" && /^\d+$/.test(next.value.argument)) ||
      (verb === "USER" && following.includes("PASS") && /^(?:STAT|LIST)$/.test(next.value.verb));
    if (isPop3 || next.value.verb === "NICK") return mismatch;
    following.push(next.value.verb);
  }
  return match({
    command: verb,
    user: verb === "USER" ? fact(argument) : undefined,
    mechanism: verb === "AUTH" ? argument.toUpperCase() : undefined,
    following: nonEmptyList(following),
  });
}

export const ftp = protocol({
  name: "ftp",
  strength: "weak",
  firstBytes: initialsOf(verbs),
  parse,
  parseExpected,
  describe: (value) => ({ ftp: { ...value } }),
  secrets: (bytes) => readDialogue("ftp", bytes).secrets,
});
