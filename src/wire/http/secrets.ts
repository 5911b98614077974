import { linesOf, type Piece } from "../dialogue/transcript.ts";
import { latin1 } from "../reader.ts";
import type { Secret } from "../secret.ts";
import { basicPassword } from "./authorization.ts";

/**
 * Where a request of HTTP, RTSP or SIP holds secrets: in Authorization and Proxy-Authorization, in the user part of its target
 * (RFC 3986 section 3.2.1), and in fields of a query or a body whose name says that they are a password.
 */
export function httpSecrets(bytes: Uint8Array): readonly Secret[] {
  const secrets: Secret[] = [];
  let isFirst = true;
  let body = bytes.length;
  for (const line of linesOf(bytes)) {
    if (line.text === "" && !isFirst) {
      body = line.ended ? bytes.indexOf(0x0a, line.start) + 1 : bytes.length;
      break;
    }
    if (line.text === "") continue;
    if (isFirst) readTarget(line, secrets);
    else readHeader(line, secrets);
    isFirst = false;
  }
  if (body < bytes.length) readFields(latin1(bytes, body), body, secrets);
  return secrets;
}

const userPart = /:\/\/([^\s/?#@:]{0,256}):([^\s/?#@]{1,256})@/;

function readTarget(line: Piece, secrets: Secret[]): void {
  const user = userPart.exec(line.text);
  if (user !== null) {
    const [all, , password = ""] = user;
    const end = line.start + user.index + all.length - 1;
    secrets.push({ start: end - password.length, end, text: password });
  }
  const query = line.text.indexOf("?");
  if (query !== -1) readFields(line.text.slice(query), line.start + query, secrets);
}

function readHeader(line: Piece, secrets: Secret[]): void {
  const initial = line.text.charCodeAt(0) | 0x20;
  // Most headers are neither.
  if (initial !== 0x61 && initial !== 0x70) return;
  const found = /^(?:proxy-)?authorization[ \t]{0,8}:[ \t]{0,8}([!-~]{1,32})[ \t]{1,8}/i.exec(line.text);
  if (found === null) return;
  const value = line.text.slice(found[0].length);
  const start = line.start + found[0].length;
  switch (found[1]?.toLowerCase()) {
    case "digest": {
      // A digest of the password and of what the server said.
      const response = /(?:^|[ ,])response="?([0-9a-f]{1,128})/i.exec(value);
      if (response?.[1] === undefined) break;
      const end = start + response.index + response[0].length;
      secrets.push({ start: end - response[1].length, end });
      break;
    }
    case "basic": {
      const text = basicPassword(value);
      if (value !== "") secrets.push({ start, end: line.end, ...(text !== undefined && { text }) });
      break;
    }
    default:
      if (value !== "") secrets.push({ start, end: line.end, text: value });
  }
}

/** `password=x`, `"pwd": "x"`, `<passwd>x`, and a part of a form with such a name. */
const passwordField =
  /(?:passw(?:or)?d|passphrase|passcode|pass|pwd|psw)[\w\]%.-]{0,16}["']?(?:[ \t]{0,4}[=:][ \t]{0,4}|>|\r?\n\r?\n)/gi;
const maximumFields = 64;

function readFields(text: string, offset: number, secrets: Secret[]): void {
  passwordField.lastIndex = 0;
  for (let fields = 0; fields < maximumFields; fields++) {
    const found = passwordField.exec(text);
    if (found === null) return;
    const start = passwordField.lastIndex;
    const quote = text.charAt(start);
    const isQuoted = quote === '"' || quote === "'";
    const from = isQuoted ? start + 1 : start;
    const end = isQuoted ? endOfQuoted(text, from, quote) : endOfValue(text, from, found[0]);
    if (end > from) secrets.push({ start: offset + from, end: offset + end, text: text.slice(from, end) });
    passwordField.lastIndex = Math.max(end, from);
  }
  // More of them than any form has: what is left is not looked at, and counts as secret.
  if (passwordField.lastIndex < text.length) {
    secrets.push({ start: offset + passwordField.lastIndex, end: offset + text.length });
  }
}

function endOfQuoted(text: string, from: number, quote: string): number {
  let at = from;
  while (at < text.length && text.charAt(at) !== quote) at += text.charAt(at) === "\\" ? 2 : 1;
  return Math.min(at, text.length);
}

function endOfValue(text: string, from: number, name: string): number {
  const ends = name.endsWith(">") ? "<" : name.endsWith("\n") ? "\r\n" : "&; \t\r\n\"'<>,}#";
  let at = from;
  while (at < text.length && !ends.includes(text.charAt(at))) at += 1;
  return at;
}
