import { parseMumbleVersion } from "../mumble/server.ts";
import { parseMysqlGreeting } from "../mysql/server.ts";
import { parseNatsInfo } from "../nats/server.ts";
import { parseNbdGreeting } from "../nbd/server.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader, startsWith } from "../reader.ts";
import { type Greeting, greetingWith } from "./greeting.ts";
import { parseTextGreeting } from "./line-greetings.ts";

/**
 * Greetings of servers that send first. Takes the first bytes of a server, and returns what they prove, as an {@link Outcome}.
 * Texts are bounded, but not made safe for display.
 */

const maxLineBytes = 1024;
/** A reply with more lines is a mismatch. */
const maxReplyLines = 64;

/** Recognises a server by its greeting. Protocol names: see {@link Greeting.protocol}. The sources are at each recogniser. */
export function parse(bytes: Uint8Array): Outcome<Greeting> {
  const first = bytes[0];
  if (first === undefined) return incomplete;
  if (first === 0xff) return parseTelnet(bytes);
  let open = false;
  for (const recogniser of recognisers) {
    const outcome = recogniser(bytes);
    if (outcome.kind === "match") return outcome;
    open ||= outcome.kind === "incomplete";
  }
  return open ? incomplete : mismatch;
}

type Recogniser = (bytes: Uint8Array) => Outcome<Greeting>;

/** A greeting of one line that begins with `prefix`. */
function line(prefix: string, read: (text: string) => Greeting | undefined): Recogniser {
  const expected = ascii(prefix.toLowerCase());
  return (bytes) => {
    const start = startsWith(bytes, expected, 0, true);
    if (start !== "match") return start === "incomplete" ? incomplete : mismatch;
    const reader = new Reader(bytes);
    const text = reader.line(maxLineBytes);
    if (text === undefined) return reader.remaining < maxLineBytes ? incomplete : mismatch;
    const greeting = read(text);
    return greeting === undefined ? mismatch : match(greeting);
  };
}

const recognisers: readonly Recogniser[] = [
  // RFC 4253, 4.2. `SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3`
  line("ssh-", (text) => {
    const parts = /^SSH-\d\.\d+-(\S*)/.exec(text);
    if (parts === null) return undefined;
    const software = /^(.+?)[_-]v?(\d[\w.+]*)/.exec(parts[1] ?? "");
    return greetingWith("ssh", text, software?.[1] ?? parts[1], software?.[2]);
  }),
  // sshd of OpenSSH where as many clients as `MaxStartups` allows have not logged in yet; then it closes the connection.
  line("exceeded maxstartups", (text) => greetingWith("ssh", text, "OpenSSH", undefined)),
  // RFC 6143, 7.1.1.
  line("rfb ", (text) => {
    const parts = /^RFB (\d{3})\.(\d{3})$/.exec(text);
    return parts === null
      ? undefined
      : greetingWith("vnc", text, undefined, undefined, { protocolVersion: `${Number(parts[1])}.${Number(parts[2])}` });
  }),
  line("@rsyncd: ", (text) => {
    const parts = /^@RSYNCD: (\d+(?:\.\d+)?)/.exec(text);
    return parts === null
      ? undefined
      : greetingWith("rsync", text, undefined, undefined, { protocolVersion: parts[1] ?? "" });
  }),
  // RFC 1939, 4.
  line("+ok", (text) => greetingWith("pop3", text, productIn(text), versionIn(text))),
  // RFC 9051, 7.1.
  line("* ok", (text) => greetingWith("imap", text, productIn(text), versionIn(text))),
  line("* preauth", (text) => greetingWith("imap", text, productIn(text), versionIn(text), { preauthenticated: true })),
  line("* bye", (text) => greetingWith("imap", text, productIn(text), versionIn(text))),
  parseTextGreeting,
  parseNbdGreeting,
  parseMumbleVersion,
  (bytes) => parseReplyGreeting(bytes),
  (bytes) => {
    const outcome = parseNatsInfo(bytes);
    if (outcome.kind !== "match") return outcome;
    return match(greetingWith("nats", "INFO", "nats-server", outcome.value.version), outcome.complete);
  },
  (bytes) => {
    const outcome = parseMysqlGreeting(bytes);
    if (outcome.kind !== "match") return outcome;
    const { product, version, error } = outcome.value;
    return match(
      greetingWith(product === "MariaDB" ? "mariadb" : "mysql", error ?? version ?? "", product, version),
      outcome.complete,
    );
  },
  parseOpenWire,
];

/** Codes of servers that accept no mail at all (RFC 7504), or none from this client (RFC 5321, 3.1). FTP has no such codes. */
const mailRefusals: readonly number[] = [521, 554];
/** Words in the greetings of mail servers, and enhanced status codes (RFC 3463): `421 4.3.2 ...`. */
const mailWords = /smtp|\bmail|postfix|exim|sendmail|^[245]\.\d{1,3}\.\d{1,3} /i;

/** SMTP and FTP replies have the same form (RFC 5321, 4.2; RFC 959, 4.2); only the words can distinguish them. */
function parseReplyGreeting(bytes: Uint8Array): Outcome<Greeting> {
  const code = startsDigits(bytes);
  if (code !== "match") return code === "incomplete" ? incomplete : mismatch;
  const reply = readReply(bytes);
  if (reply.kind !== "match") return reply;
  const { value } = reply;
  if (![220, 120, 421, 530, ...mailRefusals].includes(value.code)) return mismatch;
  const text = value.lines.join(" ");
  const isFtp = /\bftp|ftpd|filezilla|serv-u/i.test(text);
  const isMail = !isFtp && (mailRefusals.includes(value.code) || mailWords.test(text));
  const protocol = isFtp ? "ftp" : isMail ? "smtp" : "reply";
  return match(
    greetingWith(protocol, `${value.code} ${text}`, productIn(text), versionIn(text), { code: value.code }),
    reply.complete,
  );
}

function startsDigits(bytes: Uint8Array): "match" | "incomplete" | "mismatch" {
  for (let at = 0; at < 3; at++) {
    const byte = bytes[at];
    if (byte === undefined) return "incomplete";
    if (byte < 0x30 || byte > 0x39) return "mismatch";
  }
  const separator = bytes[3];
  if (separator === undefined) return "incomplete";
  return separator === 0x20 || separator === 0x2d || separator === 0x0d || separator === 0x0a ? "match" : "mismatch";
}

/** A reply of one or more lines: `220-first`, `220 last`. */
export interface Reply {
  readonly code: number;
  readonly lines: readonly string[];
}

/** RFC 5321, 4.2.1; RFC 959, 4.2. */
export function readReply(bytes: Uint8Array): Outcome<Reply> {
  const reader = new Reader(bytes);
  const lines: string[] = [];
  let code: string | undefined;
  while (lines.length < maxReplyLines) {
    const text = reader.line(maxLineBytes);
    if (text === undefined) return reader.remaining < maxLineBytes ? incomplete : mismatch;
    const parts = /^(\d{3})(?:([ -])(.*))?$/.exec(text);
    // Lines between the first and the last one of an FTP reply may contain anything.
    if (parts === null || (code !== undefined && parts[1] !== code)) {
      if (code === undefined) return mismatch;
      lines.push(text.trim());
      continue;
    }
    code ??= parts[1];
    lines.push(parts[3] ?? "");
    if (parts[2] !== "-") return match({ code: Number(code), lines });
  }
  return mismatch;
}

/** RFC 854: IAC, then WILL, WONT, DO or DONT and an option, or a subnegotiation. */
function parseTelnet(bytes: Uint8Array): Outcome<Greeting> {
  const verb = bytes[1];
  if (verb === undefined) return incomplete;
  if (verb < 0xfa || verb > 0xfe) return mismatch;
  return bytes.length < 3 ? incomplete : match(greetingWith("telnet", "", undefined, undefined));
}

const openWireMagic = ascii("ActiveMQ");

/** WireFormatInfo, the first command of an ActiveMQ broker: length, type 1, magic, version. */
function parseOpenWire(bytes: Uint8Array): Outcome<Greeting> {
  if (bytes[0] !== 0) return mismatch;
  if (bytes.length < 5) return incomplete;
  if (bytes[4] !== 1) return mismatch;
  const magic = startsWith(bytes, openWireMagic, 5);
  if (magic !== "match") return magic === "incomplete" ? incomplete : mismatch;
  const reader = new Reader(bytes, 13);
  const protocolVersion = reader.u32();
  if (reader.overrun) return incomplete;
  return match(greetingWith("openwire", "", "ActiveMQ", undefined, { protocolVersion: String(protocolVersion) }));
}

const products: readonly (readonly [RegExp, string])[] = [
  [/vsftpd/i, "vsFTPd"],
  [/proftpd/i, "ProFTPD"],
  [/pure-?ftpd/i, "Pure-FTPd"],
  [/filezilla server/i, "FileZilla Server"],
  [/microsoft ftp/i, "Microsoft FTP Service"],
  [/serv-u/i, "Serv-U"],
  [/pyftpdlib/i, "pyftpdlib"],
  [/postfix/i, "Postfix"],
  [/opensmtpd/i, "OpenSMTPD"],
  [/exim/i, "Exim"],
  [/sendmail/i, "Sendmail"],
  [/microsoft esmtp/i, "Microsoft ESMTP"],
  [/haraka/i, "Haraka"],
  [/dovecot/i, "Dovecot"],
  [/courier/i, "Courier"],
  [/cyrus/i, "Cyrus"],
  [/uw.?imap/i, "UW IMAP"],
  [/microsoft exchange/i, "Microsoft Exchange"],
];

function productIn(text: string): string | undefined {
  return products.find(([pattern]) => pattern.test(text))?.[1];
}

/** The version after the name of a known product: `(vsFTPd 3.0.3)`, `Exim 4.96`. */
function versionIn(text: string): string | undefined {
  const found = products.find(([pattern]) => pattern.test(text));
  if (found === undefined) return undefined;
  const start = text.search(found[0]);
  return /^[A-Za-z\s-]+\/?(\d+(?:\.\w+)+(?:-\w+)?)/.exec(text.slice(start, start + 80))?.[1];
}
