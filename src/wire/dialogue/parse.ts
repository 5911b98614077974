import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { latin1, maxInspectedBytes } from "../reader.ts";
import type { Secret } from "../secret.ts";
import { type TypedSecret, typedSecrets } from "../typed-secrets.ts";
import { ftpServer } from "./ftp.ts";
import { readImap } from "./imap.ts";
import { readLines } from "./lines.ts";
import { nntpServer } from "./nntp.ts";
import { pop3Server } from "./pop3.ts";
import { readSieve } from "./sieve.ts";
import { smtpServer } from "./smtp.ts";
import { readTelnet } from "./telnet.ts";
import type { Dialogue } from "./transcript.ts";

export const dialogueKinds = ["smtp", "ftp", "pop3", "imap", "nntp", "sieve", "telnet"] as const;

/** The protocols in which a decoy answers commands after its banner. */
export type DialogueKind = (typeof dialogueKinds)[number];

/**
 * Reads everything that a client sent to a server that refuses every login: user names, recipients, commands and secrets, and the
 * answer to each command. The same bytes give the same answers, and more bytes only add answers: so a caller can call it again
 * with more bytes and send the new answers. Bytes past 16 KiB are not read, and count as secret.
 */
export function readDialogue(kind: DialogueKind, bytes: Uint8Array, serverName?: string): Dialogue {
  const inspected = bytes.subarray(0, maxInspectedBytes);
  const typed = typedSecrets(inspected);
  const dialogue = readAs(kind, inspected, typed, serverName);
  const missed = typed.length === 0 ? [] : notCovered(inspected, typed, [...dialogue.secrets, ...dialogue.shown]);
  const rest = bytes.length > maxInspectedBytes ? [{ start: maxInspectedBytes, end: bytes.length }] : [];
  if (missed.length === 0 && rest.length === 0) return dialogue;
  return {
    ...dialogue,
    secrets: [...dialogue.secrets, ...missed, ...rest].toSorted((one, other) => one.start - other.start),
  };
}

/** The typed secrets that the dialogue has neither hidden nor shown, without quotes and announcements of literals. */
function notCovered(bytes: Uint8Array, typed: readonly TypedSecret[], known: readonly Secret[]): readonly Secret[] {
  const sorted = known.toSorted((one, other) => one.start - other.start);
  const secrets: Secret[] = [];
  let next = 0;
  for (const { start, end, text } of typed) {
    let from = start;
    for (; next < sorted.length && (sorted[next]?.start ?? end) < end; next++) {
      const piece = sorted[next] ?? { start: end, end };
      if (piece.start > from) add({ start: from, end: piece.start });
      from = Math.max(from, piece.end);
    }
    if (from === start) add({ start, end, text });
    else if (from < end) add({ start: from, end });
  }
  return secrets;

  function add(secret: Secret): void {
    if (!/^[\s"]*(?:\{\d{1,6}\+?\}[\s"]*)?$/.test(latin1(bytes, secret.start, secret.end))) secrets.push(secret);
  }
}

function readAs(
  kind: DialogueKind,
  bytes: Uint8Array,
  typed: readonly TypedSecret[],
  serverName: string | undefined,
): Dialogue {
  switch (kind) {
    case "smtp":
      return readLines(smtpServer, bytes, typed, serverName ?? "mail.localdomain");
    case "ftp":
      return readLines(ftpServer, bytes, typed);
    case "pop3":
      return readLines(pop3Server, bytes, typed);
    case "nntp":
      return readLines(nntpServer, bytes, typed);
    case "imap":
      return readImap(bytes, typed);
    case "sieve":
      return readSieve(bytes, typed);
    case "telnet":
      return readTelnet(bytes, typed);
  }
}

/** Whether the client uses `kind`. Only for a decoy with that banner, because other protocols have the same commands. */
export function parse(kind: DialogueKind, bytes: Uint8Array): Outcome<Dialogue> {
  const dialogue = readDialogue(kind, bytes);
  if (dialogue.recognised === "yes") return match(dialogue, dialogue.isOver);
  return dialogue.recognised === "no" ? mismatch : incomplete;
}

/** The protocols that a banner may belong to: `220` alone is SMTP or FTP. */
export function dialoguesOf(banner: Uint8Array): readonly DialogueKind[] {
  const text = latin1(banner);
  if (/^220[ -]/.test(text)) {
    if (/\bE?SMTP\b/i.test(text)) return ["smtp"];
    return /FTP/i.test(text) ? ["ftp"] : ["smtp", "ftp"];
  }
  if (text.startsWith("+OK")) return ["pop3"];
  if (text.startsWith("* OK")) return ["imap"];
  if (/^20[01] /.test(text)) return ["nntp"];
  if (/^"(?:IMPLEMENTATION|SIEVE|SASL)" "/i.test(text)) return ["sieve"];
  return /(?:login|user ?name): ?$/i.test(text) ? ["telnet"] : [];
}

/** The server name in a banner: `220 mail.example.org ESMTP`. RFC 5321 section 4.2. */
export function serverNameOf(banner: Uint8Array): string | undefined {
  return /^220[ -]([A-Za-z0-9.-]{1,200})[ \r\n]/.exec(latin1(banner))?.[1];
}
