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

/** Finds secrets in a query or a body. */
export function fieldSecrets(text: string): readonly Secret[] {
  const secrets: Secret[] = [];
  readUserParts(text, secrets);
  readFields(text, secrets);
  return secrets;
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
 * `password=x`, `"pwd": "x"`, `<passwd>x`, `X-API-Key: x`, `Cookie: password=x`, and a part of a multipart form with such a name
 * and any headers.
 */
const passwordField =
  /(?:passw(?:or)?d|pass|pwd|psw|kennwort|senha|contrase|parola|secret|token|api[_-]?key)[\w\]%.-]{0,16}["']?(?:[ \t]{0,4}[=:](?:\s{1,16}(?=["'])|[ \t]{0,4})|(?:[ \t](?<=<(?:\w{1,16}:)?\w{1,32}[ \t])[^<>\r\n]{0,200})?>|\r?\n(?:[\w-]{1,40}:[^\r\n]{0,200}\r?\n){0,3}\r?\n)/gi;
const minNameCharacters = 3;
const maxFields = 64;

function readFields(text: string, secrets: Secret[]): void {
  passwordField.lastIndex = 0;
  for (let fields = 0; fields < maxFields; fields++) {
    const found = passwordField.exec(text);
    if (found === null) return;
    const start = passwordField.lastIndex;
    const quote = text.charAt(start);
    const isQuoted = quote === '"' || quote === "'";
    const from = isQuoted ? start + 1 : start;
    const end = isQuoted ? endOfQuoted(text, from, quote) : endOfValue(text, from, found[0]);
    if (end > from) secrets.push({ start: from, end, text: text.slice(from, end) });
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

function endOfValue(text: string, from: number, name: string): number {
  const ends = name.endsWith(">") ? "<" : name.endsWith("\n") ? "\r\n" : "&; \t\r\n\"'<>,}#";
  let at = from;
  while (at < text.length && !ends.includes(text.charAt(at))) at += 1;
  return at;
}
