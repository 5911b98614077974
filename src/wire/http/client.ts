import type { HttpDescription } from "../../core/identification.ts";
import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { ascii, Reader, startsWith, wireText, wireTextOf } from "../reader.ts";
import { skipEmptyLines } from "../request-line.ts";
import { readAuthorization } from "./authorization.ts";
import { authorityOf, type HttpRequest } from "./request.ts";
import { httpSecrets } from "./secrets.ts";

/** Longer than any registered method (`UPDATEREDIRECTREF`). */
const maxMethodBytes = 32;

/** Methods that only HTTP uses in the form `METHOD /path`: they prove HTTP before the version has arrived. */
const plainMethods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE"]);

const host = ascii("host:");
const userAgent = ascii("user-agent:");
const upgrade = ascii("upgrade:");
const authorization = ascii("authorization:");
const proxyAuthorization = ascii("proxy-authorization:");
const origin = ascii("origin:");
const subprotocols = ascii("sec-websocket-protocol:");
const soapAction = ascii("soapaction:");

/**
 * HTTP/1.x and the simple request of HTTP/0.9 (RFC 9112; RFC 1945 section 5). Accepts what scanners send: lines that end in a
 * bare LF, any token as a method, and any letter case.
 */
export function parse(bytes: Uint8Array): Outcome<HttpRequest> {
  const reader = new Reader(bytes);
  skipEmptyLines(reader);
  const methodBytes = tokenBytes(reader);
  if (methodBytes > maxMethodBytes) return mismatch;
  const after = reader.peek(methodBytes);
  if (after === -1) return incomplete;
  if (after !== 0x20 || methodBytes === 0) return mismatch;
  const method = reader.latin1(methodBytes);
  if (method === "PRI") return mismatch;
  reader.skip(1);
  const start = reader.offset;
  const line = reader.line(reader.remaining);
  if (line === undefined) return unfinished(method, wireText(bytes.subarray(start, reader.end), true));
  const { target, version } = splitVersion(line);
  if (target === "") return mismatch;
  if (version !== undefined) return readHeaders(reader, method, target, version);
  return withoutVersion(method, target);
}

/** The number of token characters (RFC 9110 section 5.6.2) that come next. */
function tokenBytes(reader: Reader): number {
  let length = 0;
  while (length <= maxMethodBytes && isToken(reader.peek(length))) length++;
  return length;
}

function isToken(byte: number): boolean {
  if ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39)) return true;
  return byte > 0x20 && byte < 0x7f && "!#$%&'*+-.^_`|~".includes(String.fromCharCode(byte));
}

const versionPattern = /^HTTP\/\d(?:\.\d)?$/i;

/** Splits what follows the method into target and version. */
function splitVersion(rest: string): { readonly target: string; readonly version: string | undefined } {
  const line = rest.trimEnd();
  const last = line.slice(line.lastIndexOf(" ") + 1);
  if (last.length > 8 || !versionPattern.test(last)) return { target: line, version: undefined };
  return { target: line.slice(0, -last.length).trim(), version: last.slice(5) };
}

/** The request line has not ended yet. */
function unfinished(method: string, rest: string): Outcome<HttpRequest> {
  const { target, version } = splitVersion(rest);
  // `HTTP/1` may be the beginning of `HTTP/1.1`.
  if (version?.length === 3 && target !== "") return match(request(method, target, version), false);
  if (plainMethods.has(method) && (rest.startsWith("/") || rest.startsWith("http"))) {
    const space = rest.indexOf(" ");
    // `GET / RT` may be the beginning of the version of another protocol.
    if (space !== -1 && !"HTTP/".startsWith(rest.slice(space + 1, space + 6))) return incomplete;
    return match(request(method, space === -1 ? rest : rest.slice(0, space), undefined), false);
  }
  return incomplete;
}

/** HTTP/0.9, or an invalid version. Without a version only `GET` and similar methods with a path are HTTP. */
function withoutVersion(method: string, target: string): Outcome<HttpRequest> {
  if (!plainMethods.has(method.toUpperCase()) || !/^(?:\/|https?:)/i.test(target)) return mismatch;
  const space = target.lastIndexOf(" ");
  if (space === -1) return match(request(method, target, method.toUpperCase() === "GET" ? "0.9" : undefined));
  // RTSP, SIP and ICAP end their request lines the same way.
  return /^[A-Z]{3,5}\/\d/.test(target.slice(space + 1, space + 8)) && target.slice(space + 1, space + 6) !== "HTTP/"
    ? mismatch
    : match(request(method, target, undefined));
}

function request(method: string, path: string, version: string | undefined): HttpRequest {
  return { method, path, host: authorityOf(method, path), userAgent: undefined, version, h2cUpgrade: false };
}

/** Reads header lines up to the empty one. Only the wanted fields are decoded. */
function readHeaders(reader: Reader, method: string, path: string, version: string): Outcome<HttpRequest> {
  let hostValue: string | undefined;
  let userAgentValue: string | undefined;
  let h2cUpgrade = false;
  const others: { -readonly [Name in keyof OtherFacts]: OtherFacts[Name] } = {};
  let complete = false;
  for (let lineFeed = reader.find(0x0a); lineFeed !== -1; lineFeed = reader.find(0x0a)) {
    const start = reader.offset;
    const end = reader.bytes[lineFeed - 1] === 0x0d ? lineFeed - 1 : lineFeed;
    reader.skip(lineFeed + 1 - start);
    if (end <= start) {
      complete = true;
      break;
    }
    // Compare the first letter first: most headers are not wanted.
    const initial = (reader.bytes[start] ?? 0) | 0x20;
    if (initial === 0x68) hostValue ??= headerValue(reader.bytes, start, end, host);
    else if (initial === 0x75) {
      userAgentValue ??= headerValue(reader.bytes, start, end, userAgent);
      const wanted = headerValue(reader.bytes, start, end, upgrade)?.toLowerCase();
      if (wanted?.includes("h2c") === true) h2cUpgrade = true;
      else if (wanted !== undefined) others.upgrade ??= fact(wanted);
    } else if (initial === 0x61 || initial === 0x70) {
      const name = initial === 0x61 ? authorization : proxyAuthorization;
      const value = headerValue(reader.bytes, start, end, name);
      const who = value === undefined ? undefined : readAuthorization(value);
      if (who !== undefined) others.authorization ??= who;
    } else if (initial === 0x6f) {
      setOnce(others, "origin", headerValue(reader.bytes, start, end, origin));
    } else if (initial === 0x73) {
      setOnce(others, "subprotocols", headerValue(reader.bytes, start, end, subprotocols));
      setOnce(others, "soapAction", headerValue(reader.bytes, start, end, soapAction)?.replaceAll('"', ""));
    }
  }
  return match(
    {
      method,
      path,
      host: hostValue ?? authorityOf(method, path),
      userAgent: userAgentValue,
      version,
      h2cUpgrade,
      ...others,
    },
    complete,
  );
}

type OtherFacts = Pick<HttpRequest, "authorization" | "upgrade" | "origin" | "subprotocols" | "soapAction">;

function setOnce(
  facts: { -readonly [Name in keyof OtherFacts]: OtherFacts[Name] },
  name: "origin" | "subprotocols" | "soapAction",
  value: string | undefined,
): void {
  if (value !== undefined && value !== "") facts[name] ??= fact(value);
}

function headerValue(bytes: Uint8Array, start: number, end: number, name: Uint8Array): string | undefined {
  if (end - start < name.length || startsWith(bytes, name, start, true) !== "match") return undefined;
  return wireTextOf(bytes, start + name.length, end).trim();
}

export const http = protocol({
  name: "http",
  strength: "strong",
  // A method begins with a letter; empty lines may come before it.
  firstBytes: (byte) => ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) || byte === 0x0d || byte === 0x0a,
  parse,
  describe: (request) => ({ http: describeRequest(request) }),
  secrets: httpSecrets,
});

export function describeRequest(request: HttpRequest): HttpDescription {
  const { method, path, host, userAgent, version, authorization, upgrade, soapAction } = request;
  const webSocket = upgrade === "websocket" ? request : undefined;
  return {
    method,
    path,
    host,
    userAgent,
    version,
    h2cUpgrade: request.h2cUpgrade ? true : undefined,
    authorization: authorization?.scheme,
    user: authorization?.user,
    domain: authorization?.domain,
    workstation: authorization?.workstation,
    upgrade,
    origin: webSocket?.origin,
    subprotocols: webSocket?.subprotocols,
    soapAction,
  };
}
