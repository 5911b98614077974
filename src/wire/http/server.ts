import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, latin1, Reader, startsWith } from "../reader.ts";

/** An HTTP/1 response (RFC 9112), as far as it has arrived. */
export interface HttpAnswer {
  readonly status: number;
  /** `HTTP/1.1 200 OK`. */
  readonly statusLine: string;
  /** Names in lower case; of repeated names, the first value. */
  readonly headers: ReadonlyMap<string, string>;
  /** Decoded from chunks. */
  readonly body: Uint8Array;
  /** The body has arrived completely. */
  readonly whole: boolean;
}

const maxHeadBytes = 32_768;
const maxHeaders = 100;
const magic = ascii("HTTP/1.");

/**
 * RFC 9112 sections 4 and 6.
 * @param ended the server has closed the connection
 * @returns an incomplete match if the head has arrived but not the whole body
 */
export function parseHttpAnswer(bytes: Uint8Array, ended: boolean): Outcome<HttpAnswer> {
  const start = startsWith(bytes, magic);
  if (start !== "match") return start === "incomplete" && !ended ? incomplete : mismatch;
  const reader = new Reader(bytes, 0, bytes.length);
  const statusLine = reader.line(4096);
  const unfinished = !ended && bytes.length < maxHeadBytes ? incomplete : mismatch;
  if (statusLine === undefined) return unfinished;
  const status = /^HTTP\/1\.[0-9] +(\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (status === undefined) return mismatch;
  const headers = new Map<string, string>();
  for (;;) {
    const line = reader.offset < maxHeadBytes ? reader.line(16_384) : undefined;
    if (line === undefined) return unfinished;
    if (line === "") break;
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim().toLowerCase();
    if (colon > 0 && headers.size < maxHeaders && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  const code = Number(status);
  const rest = bytes.subarray(reader.offset);
  const { body, whole } = bodyOf(rest, headers, code, ended);
  return match({ status: code, statusLine: fact(statusLine), headers, body, whole }, whole || ended);
}

/** RFC 9112, 6.3. */
function bodyOf(
  rest: Uint8Array,
  headers: ReadonlyMap<string, string>,
  status: number,
  ended: boolean,
): { readonly body: Uint8Array; readonly whole: boolean } {
  if (status < 200 || status === 204 || status === 304) return { body: rest.subarray(0, 0), whole: true };
  if (/\bchunked\b/i.test(headers.get("transfer-encoding") ?? "")) return unchunk(rest);
  const length = headers.get("content-length");
  if (length === undefined || !/^\d{1,15}$/.test(length)) return { body: rest, whole: ended };
  return { body: rest.subarray(0, Number(length)), whole: rest.length >= Number(length) };
}

/** RFC 9112, 7.1. Broken chunks end the body where they break. */
function unchunk(rest: Uint8Array): { readonly body: Uint8Array; readonly whole: boolean } {
  const reader = new Reader(rest, 0, rest.length);
  const parts: Uint8Array[] = [];
  for (;;) {
    const line = reader.line(1024);
    const size = line === undefined ? undefined : /^([0-9a-f]{1,7})\s*(?:;|$)/i.exec(line)?.[1];
    if (size === undefined) return { body: Buffer.concat(parts), whole: false };
    const length = Number.parseInt(size, 16);
    if (length === 0) return { body: Buffer.concat(parts), whole: true };
    parts.push(rest.subarray(reader.offset, Math.min(reader.offset + length, rest.length)));
    reader.skip(length + 2);
    if (reader.overrun) return { body: Buffer.concat(parts), whole: false };
  }
}

/** First words of a Server header that do not name the server: operating systems, and what UPnP requires there. */
const noProducts = new Set(
  "debian ubuntu raspbian fedora centos linux unix posix windows freebsd openbsd netbsd darwin macos unspecified dlnadoc upnp".split(
    " ",
  ),
);

interface ServerName {
  readonly product?: string | undefined;
  readonly version?: string | undefined;
}

/** Classes of Python's library, which many servers use; their version (0.2, 0.6) means nothing. */
const noProductsOfPython = new Set(["wsgiserver", "basehttp"]);
const isPython = (product: string) => /^c?python$/i.test(product);

/**
 * Product and version of a Server header: `nginx/1.22.1`, `Apache/2.4.57 (Debian)`, `Jetty(9.4.43)`. In UPnP the product comes
 * third, after the system and `UPnP/1.0` (UPnP Device Architecture 1.1, 1.3.2).
 */
export function serverProduct(header: string): ServerName {
  let text = header.slice(0, 1000).trim();
  const upnp = text.indexOf("UPnP/");
  const behind = upnp < 0 ? "" : text.slice(upnp + 5).replace(/^[\d.]+[\s,]*/, "");
  if (behind !== "") return partsOf(/^([A-Za-z][^/,;()]{0,80})(?:\/v?(\d[\w.+-]*))?/.exec(behind));
  let language: ServerName = {};
  for (let words = 0; words < 4; words++) {
    const parts = partsOf(
      numbered.exec(text) ?? /^([A-Za-z][\w .+-]*?)(?:[/(]v?(\d[\w.+-]*))?(?:$|[\s)(;,/])/.exec(text),
    );
    const { product } = parts;
    if (product === undefined) break;
    if (isPython(product)) language = { ...parts, product: "Python" };
    else if (!noProducts.has(product.toLowerCase()) && !noProductsOfPython.has(product.toLowerCase())) return parts;
    text = text.replace(/^[^\s,]+[\s,]*/, "");
  }
  return language;
}

/** `Icecast 2.4.4`, `monit 5.33.0`, `nzbget-21.0`. */
const numbered = /^([A-Za-z]\w{0,30}(?: [A-Za-z]{1,20}){0,2})[ -]v?(\d{1,5}(?:\.[\w-]{1,20}){1,4})(?:$|[\s;,(])/;

function partsOf(parts: RegExpExecArray | null): ServerName {
  if (parts?.[1] === undefined) return {};
  return { product: fact(parts[1].trim()), version: parts[2] !== undefined ? fact(parts[2]) : undefined };
}

/** Answers of TLS servers to plain HTTP: nginx, Go, Apache, Tomcat, Webmin. */
const tlsWanted =
  /plain HTTP request was sent to HTTPS|HTTP request to an HTTPS server|speaking plain HTTP to an SSL|host and port requires TLS|web server is running in SSL mode/i;

/** Whether an answer to plain HTTP states that the port requires TLS. In a longer page these words are only quoted. */
export function wantsTls({ body }: HttpAnswer): boolean {
  return body.length <= 4096 && tlsWanted.test(latin1(body));
}

/** Whether an answer redirects to HTTPS on the same port. */
export function redirectsToTls({ status, headers }: HttpAnswer, port: number): boolean {
  if (status < 300 || status >= 400) return false;
  const location = URL.parse(headers.get("location") ?? "");
  return location?.protocol === "https:" && (location.port === "" ? 443 : Number(location.port)) === port;
}

/** The text of `<title>`, with white space collapsed. */
export function titleOf(body: Uint8Array): string | undefined {
  const text = /<title[^>]{0,200}>([^<]{1,500})/i.exec(latin1(body, 0, Math.min(body.length, 65_536)))?.[1];
  const title = text?.replace(/\s+/g, " ").trim();
  return title === undefined || title === "" ? undefined : fact(title);
}
