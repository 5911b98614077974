import { linesOf, type Piece } from "../dialogue/transcript.ts";
import { latin1 } from "../reader.ts";
import type { Secret } from "../secret.ts";
import { basicPassword } from "./authorization.ts";

/**
 * Finds secrets in requests of HTTP, RTSP or SIP: in Authorization and Proxy-Authorization, in the user part of a URL (RFC 3986
 * section 3.2.1), and in fields of a query, a header or a body with the name of a password or a token. It inspects all bytes,
 * because a second request may follow the first.
 */
export function httpSecrets(bytes: Uint8Array): readonly Secret[] {
  const text = latin1(bytes);
  // Most requests have neither, and one search of the whole text takes a fifth of the time that its lines take.
  if (!text.includes("@") && !secretHeader.test(text)) return fieldSecrets(text);
  const secrets: Secret[] = [];
  let continuesAt = -1;
  for (const line of linesOf(bytes)) {
    if (line.start === continuesAt && isFolded(line)) {
      // RFC 9112 section 5.2: the value continues on this line.
      secrets.push({ start: line.start, end: line.end });
      continuesAt = bytes.indexOf(0x0a, line.end) + 1;
      continue;
    }
    if (readLine(line, secrets)) continuesAt = bytes.indexOf(0x0a, line.end) + 1;
  }
  secrets.push(...fieldSecrets(text));
  return secrets;
}

/** Matches whenever {@link readLine} may find something. */
const secretHeader = /^(?:(?:proxy-)?authorization|sec-websocket-protocol)/im;

/** Finds secrets in a query or a body, also where names or a whole address are written with escapes. */
export function fieldSecrets(text: string): readonly Secret[] {
  const secrets: Secret[] = [];
  readUserParts(text, secrets);
  readFields(text, secrets);
  let written: Unescaped = { text, starts: undefined };
  for (let round = 0; round < maxEscapeRounds; round++) {
    const read = unescaped(written);
    if (read === undefined) break;
    const found: Secret[] = [];
    readUserParts(read.text, found);
    readFields(read.text, found, 0);
    const at = (index: number) => read.starts?.[index] ?? text.length;
    for (const secret of found) {
      const start = at(secret.start);
      // An escaped space or `&` is part of the value and does not end it.
      const end = Math.max(at(secret.end), endOfValue(text, start, ""));
      if (end > start) secrets.push({ ...secret, start, end });
    }
    written = read;
  }
  return secrets;
}

interface Unescaped {
  readonly text: string;
  /** Where each character begins in the original text, and then its end; `undefined`: where it is. */
  readonly starts: readonly number[] | undefined;
}

/** An address in a parameter of an address in a parameter. */
const maxEscapeRounds = 3;
/** Of URLs (RFC 3986 section 2.1), and the letters and digits of JSON (RFC 8259 section 7), in which an escaped quote ends no text. */
const escapeForm = /%([0-9a-f]{2})|\\u(00(?:2d|[3-7][0-9a-f]))/gi;

/** @returns `undefined` where nothing is escaped */
function unescaped({ text, starts }: Unescaped): Unescaped | undefined {
  let read = "";
  const from: number[] = [];
  let at = 0;
  const copy = (to: number) => {
    read += text.slice(at, to);
    for (; at < to; at++) from.push(starts?.[at] ?? at);
  };
  for (const found of text.matchAll(escapeForm)) {
    copy(found.index);
    read += String.fromCharCode(Number.parseInt(found[1] ?? found[2] ?? "", 16));
    from.push(starts?.[at] ?? at);
    at += found[0].length;
  }
  if (at === 0) return undefined;
  copy(text.length);
  from.push(starts?.[text.length] ?? text.length);
  return { text: read, starts: from };
}

/** Whether a header is secret by its name, or has a secret in its value. */
export function isSecretHeader(name: string, value: string): boolean {
  return /authorization|token|secret|passw|api-?key/i.test(name) || fieldSecrets(value).length > 0;
}

/** Replaces each password in a request target by `*`. */
export function withoutFieldSecrets(text: string): string {
  let shown = text;
  for (const { start, end } of fieldSecrets(text))
    shown = shown.slice(0, start) + "*".repeat(end - start) + shown.slice(end);
  return shown;
}

function isFolded({ text }: Piece): boolean {
  return text.startsWith(" ") || text.startsWith("\t");
}

/** The user part of a URL. A bare host may have one too: see {@link userOfHost}. */
const userPart = /:\/\/[^\s/?#@:]{0,256}:([^\s/?#@]{1,256})@/g;
/** The same if the capture ends before the `@`. */
const cutUserPart = /:\/\/[^\s/?#@:]{0,256}:([^\s/?#@]{1,256})$/;
const maxUserPart = 520;
const userOfHost = /^(?:CONNECT[ \t]{1,4}|Host:[ \t]{0,4})[^\s/?#@:]{0,256}:([^\s/?#@]{1,256})@/i;

function readUserParts(text: string, secrets: Secret[]): void {
  const cut = cutUserPart.exec(text.slice(-maxUserPart));
  // Digits alone are a port.
  if (cut?.[1] !== undefined && !/^\d{1,5}$/.test(cut[1])) {
    secrets.push({ start: text.length - cut[1].length, end: text.length, text: cut[1] });
  }
  if (!text.includes("@")) return;
  for (const found of text.matchAll(userPart)) {
    const password = found[1] ?? "";
    const end = found.index + found[0].length - 1;
    secrets.push({ start: end - password.length, end, text: password });
  }
}

/** @returns whether the value of a secret header may continue on the next line */
function readLine(line: Piece, secrets: Secret[]): boolean {
  // Most lines are none of these: Authorization, CONNECT, Host, Proxy-Authorization, Sec-WebSocket-Protocol.
  if (!"achps".includes(line.text.charAt(0).toLowerCase())) return false;
  const password = userOfHost.exec(line.text);
  if (password?.[1] !== undefined) {
    const end = line.start + password[0].length - 1;
    secrets.push({ start: end - password[1].length, end, text: password[1] });
    return false;
  }
  const header = /^(?:((?:proxy-)?authorization)|sec-websocket-protocol)[ \t]{0,8}:[ \t]{0,64}/i.exec(line.text);
  if (header === null) return false;
  const value = line.text.slice(header[0].length);
  const start = line.start + header[0].length;
  if (header[1] !== undefined) return readAuthorization(value, { start, end: line.end }, secrets);
  // Browsers cannot add headers to a WebSocket request, so tokens are sent as the name of a subprotocol.
  if (/bearer|token|auth/i.test(value)) secrets.push({ start, end: line.end, text: value });
  return false;
}

function readAuthorization(value: string, { start, end }: Pick<Piece, "start" | "end">, secrets: Secret[]): boolean {
  const found = /^([!-~]{1,32})[ \t]{1,64}/.exec(value);
  // One word: a key without a scheme, or a scheme that continues on the next line.
  if (found === null) {
    if (value !== "" && !/^(?:basic|bearer|digest|negotiate|ntlm)[ \t]*$/i.test(value)) {
      secrets.push({ start, end, text: value });
    }
    return true;
  }
  const rest = value.slice(found[0].length);
  const from = start + found[0].length;
  switch (found[1]?.toLowerCase()) {
    case "digest": {
      // A digest of the password and the server's nonce.
      const response = /(?:^|[ ,])response="?([0-9a-f]{1,128})/i.exec(rest);
      if (response?.[1] === undefined) break;
      const to = from + response.index + response[0].length;
      secrets.push({ start: to - response[1].length, end: to });
      break;
    }
    case "basic": {
      const text = basicPassword(rest);
      if (rest !== "") secrets.push({ start: from, end, text });
      break;
    }
    default:
      if (rest !== "") secrets.push({ start: from, end, text: rest });
  }
  return true;
}

/**
 * `password=x`, `"pwd": "x"`, `<passwd>x`, `X-API-Key: x`, `Cookie: session=x`, `X-Amz-Signature=x`, and a part of a multipart form with such a name
 * and any headers.
 */
const passwordField =
  /(?:passw(?:or)?d|pass|pwd|psw|kennwort|senha|contrase|parola|secret|token|api[_-]?key|signature|(?<![a-z])(?:auth|sig)(?=["']?[ \t]{0,4}[=:])|sess(?:ion)?(?:[_-]?id)?(?=["']?=)|(?<![a-z])sid(?=["']?=))[\w\]%.-]{0,16}["']?(?:[ \t]{0,4}[=:](?:\s{1,16}(?=\[{0,4}["'])|[ \t]{0,4})|(?:[ \t](?<=<(?:\w{1,16}:)?\w{1,32}[ \t])[^<>\r\n]{0,200})?>|\r?\n(?:[\w-]{1,40}:[^\r\n]{0,200}\r?\n){0,3}\r?\n)/gi;
const minNameCharacters = 3;
const maxFields = 64;

/** @param minBytes values with fewer bytes are none */
function readFields(text: string, secrets: Secret[], minBytes = 1): void {
  passwordField.lastIndex = 0;
  for (let fields = 0; fields < maxFields; fields++) {
    const found = passwordField.exec(text);
    if (found === null) return;
    const start = passwordField.lastIndex;
    const quote = text.charAt(start);
    const isQuoted = quote === '"' || quote === "'";
    const isList = startOfList.test(text.slice(start, start + maxListStart));
    const from = isQuoted || isList ? start + 1 : start;
    const end = isQuoted
      ? endOfQuoted(text, from, quote)
      : isList
        ? endOfList(text, from)
        : endOfValue(text, from, found[0]);
    if (end - from >= minBytes) secrets.push({ start: from, end, text: text.slice(from, end) });
    // Attributes and headers between a name and its value may contain another field.
    passwordField.lastIndex = /[\n>]$/.test(found[0]) ? found.index + minNameCharacters : Math.max(end, from);
  }
  // More fields than any form has: the rest is not inspected, and counts as secret.
  if (passwordField.lastIndex < text.length) {
    secrets.push({ start: passwordField.lastIndex, end: text.length });
  }
}

function endOfQuoted(text: string, from: number, quote: string): number {
  let at = from;
  while (at < text.length && text.charAt(at) !== quote) at += text.charAt(at) === "\\" ? 2 : 1;
  return Math.min(at, text.length);
}

/** A list of texts in JSON, which may be in another one. */
const startOfList = /^\[[\s[]*["']/;
const maxListStart = 20;

function endOfList(text: string, from: number): number {
  let depth = 1;
  let at = from;
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"' || character === "'") at = endOfQuoted(text, at + 1, character);
    else if (character === "[") depth += 1;
    else if (character === "]") depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
}

function endOfValue(text: string, from: number, name: string): number {
  const ends = name.endsWith(">") ? "<" : name.endsWith("\n") ? "\r\n" : "&; \t\r\n\"'<>,}#";
  let at = from;
  while (at < text.length && !ends.includes(text.charAt(at))) at += 1;
  return at;
}
