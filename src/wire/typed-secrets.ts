import { latin1, maxInspectedBytes, utf8 } from "./reader.ts";
import type { Secret } from "./secret.ts";

/** A secret in a typed line. */
export interface TypedSecret extends Secret {
  /** All of it is secret. Otherwise it may contain a user name, and the reader of the dialogue decides which part that is. */
  readonly isWhollySecret: boolean;
}

interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const maxLineCharacters = 1024;
const none: readonly TypedSecret[] = [];

/** Each pattern below requires one of these. */
const anyLogin = /auth|login|pass|pwd|pswd|acct|adat|apop|secret/i;

/** Mechanisms of SASL (IANA, "SASL Mechanisms") and of AUTH in FTP (RFC 4217). */
const mechanism =
  /^(?:PLAIN|LOGIN|(?:CRAM|DIGEST)-MD5|SCRAM-SHA-\d{1,3}(?:-PLUS)?|X?OAUTH(?:2|BEARER)?|NTLM|GSSAPI|GSS-SPNEGO|KERBEROS_V[45]|EXTERNAL|ANONYMOUS|OTP|TLS(?:-[CP])?|SSL)$/i;

/** Whether a word is a login mechanism. Any other word may be a password: `AUTH x` is a login to Redis. */
export function isMechanism(word: string): boolean {
  return mechanism.test(word);
}

/**
 * A SASL login: the secret follows the mechanism; if the mechanism is unknown, all of it is secret. IMAP puts a tag before the
 * command; a Telnet command or a byte order mark may precede that.
 */
const sasl =
  /^\W{0,8}(?:[^\s"]{1,32}[ \t]{1,8})?(?:AUTHINFO[ \t]{1,8}SASL|SASLAUTH|AUTHENTICATE|AUTH)(?:[ \t=:]{1,8}"?(?:(?<mechanism>[\w-]{1,32})[" \t=:]{0,8})?|$)/i;
/** LOGIN: the secret follows the user. */
const login =
  /^\W{0,8}(?:[^\s"]{1,32}[ \t]{1,8})?LOGIN(?:[ \t=:]{1,8}(?:"(?:[^"\\]|\\.){0,256}"|[^\s"]{1,512}|")?[ \t]{0,8}|$)/i;
const password =
  /^\W{0,8}(?:(?:(?:SITE|AUTHINFO)[ \t]{1,8})?(?:PASS|PASSWD|PASSWORD|PSWD|CPWD|ACCT|ADAT)|AUTHINFO[ \t]{1,8}(?:SIMPLE|GENERIC)|USER[ \t]{1,8}\S{1,256}[ \t]{1,8}PASS|APOP[ \t]{1,8}\S{1,256})(?:[ \t=:]{1,8}|$)/i;
/** `Secret: x` of the Asterisk Manager Interface, `a=b&password=x`, `("password" "x")`, `Authorization: Basic x`. */
const named =
  /^(?:proxy-)?authorization[ \t]{0,4}:[ \t]{0,4}(?:\w{1,16}[ \t]{1,4})?|(?:password|passwd|passcode|secret|pwd)(?:["']?[ \t]{0,4}[=:][ \t]{0,4}|"[ \t]{1,4})["']?/i;

const logins: readonly { readonly pattern: RegExp; readonly isWhollySecret: boolean; readonly continues: boolean }[] = [
  { pattern: sasl, isWhollySecret: false, continues: true },
  { pattern: login, isWhollySecret: true, continues: true },
  { pattern: password, isWhollySecret: true, continues: true },
  { pattern: named, isWhollySecret: true, continues: false },
];

/** Commands that end a login: of FTP, SMTP, POP3, NNTP, ManageSieve. */
const commands: ReadonlySet<string> = new Set(
  `ABOR ACCT ADAT ALLO APOP APPE ARTICLE AUTH AUTHENTICATE AUTHINFO BDAT BODY CAPA CAPABILITIES CAPABILITY CDUP CHECKSCRIPT CLNT CWD
  DATA DELE DELETESCRIPT EHLO EPRT EPSV EXPN FEAT GETSCRIPT GROUP HAVESPACE HDR HEAD HELO HELP HOST IHAVE LHLO LIST LISTGROUP
  LISTSCRIPTS LOGOUT MAIL MDTM MKD MLSD MODE NEWGROUPS NEWNEWS NLST NOOP OPTS OVER PASS PASV PBSZ PORT POST PROT PUTSCRIPT PWD QUIT
  RCPT REIN RENAMESCRIPT RETR RMD RNFR RNTO RSET SETACTIVE SITE SIZE STARTTLS STAT STLS STOR SYST TOP TYPE UIDL UNAUTHENTICATE USER
  UTF8 VRFY XHDR XOVER`.split(/\s+/),
);
/** The same after an IMAP tag. */
const taggedCommands: ReadonlySet<string> = new Set(
  `APPEND AUTHENTICATE CAPABILITY CHECK CLOSE COMPRESS COPY CREATE DELETE ENABLE EXAMINE EXPUNGE FETCH ID IDLE LIST LOGIN LOGOUT LSUB
  NAMESPACE NOOP RENAME SEARCH SELECT STARTTLS STATUS STORE SUBSCRIBE UID UNSUBSCRIBE`.split(/\s+/),
);

/**
 * Finds passwords in typed lines: in text of an unknown protocol, and in addition to what the reader of a dialogue finds. People
 * type FTP commands at a mail server, forget the tag of IMAP, and their return key may send CR NUL (RFC 854). After a command
 * that begins a login every line is part of the login, until a line is certainly a command.
 */
export function typedSecrets(bytes: Uint8Array): readonly TypedSecret[] {
  const limit = Math.min(bytes.length, maxInspectedBytes);
  if (!anyLogin.test(latin1(bytes, 0, limit))) return none;
  const secrets: TypedSecret[] = [];
  let isLogin = false;
  for (const line of linesOfText(bytes, limit)) {
    const begun = beginningOf(line.text);
    if (begun !== undefined) isLogin = begun.continues || isLogin;
    else if (isLogin && isCommand(line.text)) isLogin = false;
    if (begun === undefined && !isLogin) continue;
    const start = line.start + (begun?.length ?? 0);
    const { end } = line;
    if (start >= end) continue;
    const text = utf8(bytes.subarray(start, end)) ?? latin1(bytes, start, end);
    secrets.push({ start, end, text, isWhollySecret: begun?.isWhollySecret ?? false });
  }
  return secrets;
}

/** CR, LF and NUL end a line, in any combination. */
function* linesOfText(bytes: Uint8Array, limit: number): Generator<Line> {
  let start = 0;
  while (start < limit) {
    let end = start;
    while (end < limit && !isLineEnd(bytes[end])) end += 1;
    if (end > start) yield { start, end, text: latin1(bytes, start, Math.min(end, start + maxLineCharacters)) };
    start = end + 1;
  }
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d || byte === 0x00;
}

/** Whether a line begins a login; the secret follows `length` characters. */
function beginningOf(line: string): { length: number; isWhollySecret: boolean; continues: boolean } | undefined {
  if (!anyLogin.test(line)) return undefined;
  for (const { pattern, isWhollySecret, continues } of logins) {
    const found = pattern.exec(line);
    if (found === null) continue;
    const [all] = found;
    const word = found.groups?.["mechanism"];
    const read = word === undefined || isMechanism(word) ? all.length : all.lastIndexOf(word);
    return { length: found.index + read, isWhollySecret, continues };
  }
  return undefined;
}

function isCommand(line: string): boolean {
  const [, first = "", second = ""] =
    /^\W{0,8}([\w.-]{1,32})(?![^\s])(?:[ \t]{1,8}(\w{2,16})(?![^\s]))?/.exec(line) ?? [];
  return commands.has(first.toUpperCase()) || taggedCommands.has(second.toUpperCase());
}
