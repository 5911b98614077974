import { readDialogue } from "../dialogue/parse.ts";
import { fact, isPlain } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { latin1, Reader } from "../reader.ts";

/** The first command of an IMAP client. The password of LOGIN is not included. */
export interface ImapCommand {
  /** `A001`. */
  readonly tag: string;
  /** Upper case: `CAPABILITY`. */
  readonly command: string;
  /** Of LOGIN. */
  readonly user?: string;
  /** Of AUTHENTICATE. */
  readonly mechanism?: string;
  /** Of ID: the name and version of the client. */
  readonly client?: string;
}

/** The form of each command's argument, loosely. RFC 9051 section 6, RFC 2971, RFC 4978. */
const forms: ReadonlyMap<string, RegExp> = new Map([
  ["AUTHENTICATE", /^\S+/],
  ["CAPABILITY", /^$/],
  ["ENABLE", /^\S/],
  ["EXAMINE", /^\S/],
  ["ID", /^(?:NIL$|\()/i],
  ["LIST", /^\S+ \S/],
  ["LOGIN", /^\S+ \S/],
  ["LOGOUT", /^$/],
  ["LSUB", /^\S+ \S/],
  ["NAMESPACE", /^$/],
  ["NOOP", /^$/],
  ["SELECT", /^\S/],
  ["STARTTLS", /^$/],
  ["STATUS", /^\S+ \(/],
]);
const maxLineBytes = 2048;
const maxTagBytes = 16;

function isTagByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x2e
  );
}

/**
 * Proof: a tag, then an IMAP command with a valid argument. A tag must have a digit or at most two characters, which excludes
 * `USER LOGIN` of FTP and `SUB LIST 1` of NATS. RFC 9051 section 2.2.1.
 */
export function parse(bytes: Uint8Array): Outcome<ImapCommand> {
  return parseTagged(bytes, (tag) => tag.length <= 2 || /\d/.test(tag));
}

/** If IMAP is expected: with any tag. RFC 9051 section 2.2.1. */
export function parseExpected(bytes: Uint8Array): Outcome<ImapCommand> {
  return parseTagged(bytes, () => true);
}

function parseTagged(bytes: Uint8Array, isTag: (text: string) => boolean): Outcome<ImapCommand> {
  const reader = new Reader(bytes);
  let length = 0;
  while (length < maxTagBytes && isTagByte(reader.peek(length))) length++;
  const tag = latin1(bytes, 0, length);
  const next = reader.peek(length);
  if (next === -1) return incomplete;
  if (length === 0 || next !== 0x20 || !isTag(tag)) return mismatch;
  reader.skip(length + 1);
  const available = reader.remaining;
  const line = reader.line(maxLineBytes);
  if (line === undefined) {
    if (available >= maxLineBytes) return mismatch;
    const arrived = latin1(bytes, reader.offset, reader.end);
    return mayBecome(arrived.endsWith("\r") ? arrived.slice(0, -1) : arrived) ? incomplete : mismatch;
  }
  if (!isPlain(line)) return mismatch;
  const [, word = "", argument = ""] = /^([A-Za-z]+)(?: (.*))?$/.exec(line) ?? [];
  const command = word.toUpperCase();
  if (forms.get(command)?.test(argument.trim()) !== true) return mismatch;
  return match({ tag, command, ...readArgument(command, argument) });
}

function mayBecome(arrived: string): boolean {
  if (!isPlain(arrived)) return false;
  const [word = "", ...rest] = arrived.split(" ", 2);
  const command = word.toUpperCase();
  if (rest.length > 0) return forms.has(command);
  for (const known of forms.keys()) if (known.startsWith(command)) return true;
  return false;
}

function readArgument(command: string, argument: string): Pick<ImapCommand, "user" | "mechanism" | "client"> {
  if (command === "AUTHENTICATE") {
    return { mechanism: fact(argument.split(" ", 1)[0] ?? "").toUpperCase() };
  }
  if (command === "LOGIN") {
    const user = /^(?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(argument);
    // `{5}` announces a literal: the name is on the next line.
    const name = user?.[1] ?? user?.[2] ?? "";
    return /^\{\d+\+?\}$/.test(name) ? {} : { user: fact(name) };
  }
  if (command === "ID") {
    const name = /"name" "([^"]*)"/i.exec(argument)?.[1];
    const version = /"version" "([^"]*)"/i.exec(argument)?.[1];
    if (name !== undefined) return { client: fact(version === undefined ? name : `${name} ${version}`) };
  }
  return {};
}

export const imap = protocol({
  name: "imap",
  strength: "medium",
  firstBytes: isTagByte,
  parse,
  parseExpected,
  describe: (value) => ({ imap: { ...value } }),
  secrets: (bytes) => readDialogue("imap", bytes).secrets,
});
