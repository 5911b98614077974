import { safeText } from "../../../core/safe-text.ts";
import type { Connection, ReadOutcome } from "../connection.ts";
import { type StartTlsOutcome, unanswered } from "./outcome.ts";

const ready: StartTlsOutcome = { kind: "ready" };
const maxReplyBytes = 16 * 1024;

/** SMTP, RFC 3207: EHLO, and STARTTLS if the server announces it. */
export async function startSmtpTls(connection: Connection): Promise<StartTlsOutcome> {
  const greeting = await readReply(connection);
  if (greeting.kind !== "bytes") return unanswered(greeting);
  if (!startsWith(greeting.bytes, "220")) return other(greeting.bytes);
  connection.write("EHLO harbinger.invalid\r\n");
  const hello = await readReply(connection);
  if (hello.kind !== "bytes") return unanswered(hello);
  if (!startsWith(hello.bytes, "250")) return refused(hello.bytes);
  if (!/^250[ -]STARTTLS\s*$/im.test(hello.bytes.toString("latin1"))) {
    return { kind: "not-offered", reason: "the server does not announce STARTTLS" };
  }
  connection.write("STARTTLS\r\n");
  const reply = await readReply(connection);
  if (reply.kind !== "bytes") return unanswered(reply);
  return startsWith(reply.bytes, "220") ? ready : refused(reply.bytes);
}

/** FTP, RFC 4217. */
export async function startFtpTls(connection: Connection): Promise<StartTlsOutcome> {
  const greeting = await readReply(connection);
  if (greeting.kind !== "bytes") return unanswered(greeting);
  if (!startsWith(greeting.bytes, "220")) return other(greeting.bytes);
  connection.write("AUTH TLS\r\n");
  const reply = await readReply(connection);
  if (reply.kind !== "bytes") return unanswered(reply);
  return startsWith(reply.bytes, "234") ? ready : refused(reply.bytes);
}

/** POP3, RFC 2595 section 4. */
export async function startPop3Tls(connection: Connection): Promise<StartTlsOutcome> {
  const greeting = await readLine(connection);
  if (greeting.kind !== "bytes") return unanswered(greeting);
  if (!startsWith(greeting.bytes, "+OK")) return other(greeting.bytes);
  connection.write("STLS\r\n");
  const reply = await readLine(connection);
  if (reply.kind !== "bytes") return unanswered(reply);
  return startsWith(reply.bytes, "+OK") ? ready : refused(reply.bytes);
}

/** IMAP, RFC 9051 section 6.2.1. */
export async function startImapTls(connection: Connection): Promise<StartTlsOutcome> {
  const greeting = await readLine(connection);
  if (greeting.kind !== "bytes") return unanswered(greeting);
  if (!startsWith(greeting.bytes, "* OK")) return other(greeting.bytes);
  connection.write("a1 STARTTLS\r\n");
  const reply = await connection.readUntil((bytes) => {
    const match = /^a1 [^\n]*\n/m.exec(bytes.toString("latin1"));
    return match === null ? undefined : match.index + match[0].length;
  });
  if (reply.kind !== "bytes") return unanswered(reply);
  return /^a1 OK\b/im.test(reply.bytes.toString("latin1")) ? ready : refused(reply.bytes);
}

function readLine(connection: Connection): Promise<ReadOutcome> {
  return connection.readUntil((bytes) => {
    const end = bytes.indexOf(10);
    return end < 0 ? (bytes.length > maxReplyBytes ? bytes.length : undefined) : end + 1;
  });
}

/** A reply of SMTP or FTP: lines `250-...` and a last one `250 ...` (RFC 5321 section 4.2). */
function readReply(connection: Connection): Promise<ReadOutcome> {
  return connection.readUntil((bytes) => {
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(10, at);
      if (end < 0) return bytes.length > maxReplyBytes ? bytes.length : undefined;
      const isLast = !/^(?:\d{3}-|[ \t])/.test(bytes.toString("latin1", at, Math.min(end, at + 4)));
      at = end + 1;
      if (isLast) return at;
    }
    return undefined;
  });
}

function startsWith(bytes: Buffer, text: string): boolean {
  return bytes.toString("latin1", 0, text.length).toUpperCase() === text;
}

function other(bytes: Buffer): StartTlsOutcome {
  return { kind: "other-protocol", reason: `the server sent: ${shown(bytes)}` };
}

function refused(bytes: Buffer): StartTlsOutcome {
  return { kind: "not-offered", reason: `the server refused: ${shown(bytes)}` };
}

function shown(bytes: Buffer): string {
  return safeText(bytes.toString("latin1").trim(), { limit: 120 });
}
