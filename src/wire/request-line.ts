import { isPlain } from "./fact.ts";
import { incomplete, match, mismatch, type Outcome } from "./outcome.ts";
import { type Reader, wireText } from "./reader.ts";

/** `METHOD target PROTOCOL/version`, as SIP and RTSP begin. */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** `2.0`. */
  readonly version: string;
}

const maxLineBytes = 4096;

const maxEmptyLines = 16;

/**
 * Skips empty lines before a request: a server should ignore them (RFC 9112 section 2.2, RFC 3261 section 7.5, RFC 7826
 * section 4.2), and phones keep a connection open with them (RFC 5626 section 3.5.1).
 */
export function skipEmptyLines(reader: Reader): void {
  for (let line = 0; line < maxEmptyLines; line++) {
    const carriageReturn = reader.peek() === 0x0d ? 1 : 0;
    if (reader.peek(carriageReturn) !== 0x0a) return;
    reader.skip(carriageReturn + 1);
  }
}

/**
 * Reads a request line. Until the line has ended the result is incomplete, because the protocol name comes last.
 * @param protocolName `SIP`
 */
export function readRequestLine(
  reader: Reader,
  methods: ReadonlySet<string>,
  protocolName: string,
): Outcome<RequestLine> {
  const available = reader.remaining;
  const line = reader.line(maxLineBytes);
  if (line === undefined) {
    if (available >= maxLineBytes) return mismatch;
    const arrived = wireText(reader.bytes.subarray(reader.offset, reader.end), true);
    return mayBecome(arrived, methods, protocolName) ? incomplete : mismatch;
  }
  const parts = /^([A-Z_]{3,20}) (\S+) ([A-Z]+)\/(\d\.\d)$/.exec(line);
  const [, method = "", target = "", name, version = ""] = parts ?? [];
  return name === protocolName && methods.has(method) && isPlain(target)
    ? match({ method, target, version })
    : mismatch;
}

function mayBecome(arrived: string, methods: ReadonlySet<string>, protocolName: string): boolean {
  const text = arrived.endsWith("\r") ? arrived.slice(0, -1) : arrived;
  if (!isPlain(text)) return false;
  const [method = "", target, version, ...more] = text.split(" ", 4);
  if (target === undefined) {
    for (const known of methods) if (known.startsWith(method)) return true;
    return false;
  }
  if (!methods.has(method) || more.length > 0) return false;
  if (version === undefined) return true;
  return /^\/(?:\d(?:\.\d?)?)?$/.test(version.slice(protocolName.length)) || `${protocolName}/`.startsWith(version);
}
