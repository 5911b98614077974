import { latin1, maximumInspectedBytes, utf8 } from "./reader.ts";
import type { Secret } from "./secret.ts";

const maximumLines = maximumInspectedBytes;
const longestBeginning = 1024;

/** A password on a line of its own command. What stands before the word may be an IAC command of Telnet or a byte order mark. */
const password = /^[^\w\s]{0,8}(?:SITE[ \t]{1,4})?(?:PASS|PASSWD|PASSWORD|PSWD|ACCT)[ \t=:]{1,8}/i;
/** A user or a mechanism, then what proves him; IMAP puts a tag before it. */
const login = /^[^\w\s]{0,8}(?:[\w.*-]{1,32}[ \t]{1,4})?(?:LOGIN|AUTH|AUTHENTICATE)[ \t=:]{1,8}[^\s]{1,512}[ \t]{1,8}/i;
/** `Secret: x` of the Asterisk Manager Interface, `password=x`. */
const named = /^[\w.-]{0,32}(?:password|passwd|secret|passcode)[ \t]{0,4}[=:][ \t]{0,4}/i;

/** The same where the commands of a dialogue are known: without a tag, or with a sign in the place of the space. */
const strayLogin = /^(?:LOGIN[ \t]{1,8}[^\s]{1,512}[ \t]{1,8}|AUTH[=:][ \t]{0,8}[^\s]{1,64}[ \t]{1,8})/i;

/**
 * Passwords in lines that somebody typed, of text that no protocol claims: people speak FTP to a mail server, forget the tag of IMAP,
 * and press a return key that sends CR NUL (RFC 854).
 */
export function typedSecrets(bytes: Uint8Array): readonly Secret[] {
  return secretsBehind([password, login, named], bytes);
}

/** Beside a dialogue: passwords in commands that are another protocol's, or have not quite its form. */
export function straySecrets(bytes: Uint8Array): readonly Secret[] {
  return secretsBehind([password, strayLogin], bytes);
}

function secretsBehind(patterns: readonly RegExp[], bytes: Uint8Array): readonly Secret[] {
  const secrets: Secret[] = [];
  const limit = Math.min(bytes.length, maximumInspectedBytes);
  let start = 0;
  for (let lines = 0; start < limit && lines < maximumLines; lines++) {
    let end = start;
    while (end < limit && !isLineEnd(bytes[end])) end += 1;
    const line = latin1(bytes, start, Math.min(end, start + longestBeginning));
    const before = patterns.map((pattern) => pattern.exec(line)).find((found) => found !== null)?.[0].length;
    const from = start + (before ?? 0);
    if (before !== undefined && from < end) {
      secrets.push({ start: from, end, text: utf8(bytes.subarray(from, end)) ?? latin1(bytes, from, end) });
    }
    start = end + 1;
  }
  return secrets;
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d || byte === 0x00;
}
