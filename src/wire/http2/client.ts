import { describeRequest } from "../http/client.ts";
import { authorityOf, type HttpRequest } from "../http/request.ts";
import { match, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { Reader, startsWith } from "../reader.ts";
import { flag, frameType, preface, withoutPadding } from "./frames.ts";
import { readHeaderBlock } from "./header-block.ts";
import { http2Secrets } from "./secrets.ts";

/** The connection preface, and the first request if it has arrived. */
export interface Http2Opening {
  /** Values of the SETTINGS frame by identifier (RFC 9113 section 6.5.2), in wire order. */
  readonly settings: readonly (readonly [identifier: number, value: number])[];
  /** `undefined` if there is no HEADERS frame, or it cannot be decoded. */
  readonly request: HttpRequest | undefined;
}

const maxFrames = 64;
const maxSettings = 64;

/** Clear-text HTTP/2 with prior knowledge (RFC 9113 section 3.3), as gRPC clients and scanners use it. */
export function parse(bytes: Uint8Array): Outcome<Http2Opening> {
  const start = startsWith(bytes, preface);
  if (start !== "match") return { kind: start };
  const reader = new Reader(bytes, preface.length);
  const settings: [number, number][] = [];
  for (let count = 0; count < maxFrames; count++) {
    const length = reader.u24();
    const type = reader.u8();
    const flags = reader.u8();
    reader.skip(4);
    if (reader.overrun) return match({ settings, request: undefined }, false);
    const payload = reader.view(length);
    if (type === frameType.settings) {
      while (payload.remaining >= 6 && settings.length < maxSettings) settings.push([payload.u16(), payload.u32()]);
    } else if (type === frameType.headers) {
      const request = readRequest(withoutPadding(payload, flags), reader, (flags & flag.endHeaders) !== 0);
      return match({ settings, request: request.value }, !payload.cut && !request.cut);
    }
    if (payload.cut) return match({ settings, request: undefined }, false);
  }
  return match({ settings, request: undefined });
}

interface ReadRequest {
  readonly value: HttpRequest | undefined;
  readonly cut: boolean;
}

function readRequest(first: Reader, reader: Reader, whole: boolean): ReadRequest {
  const block = whole || first.cut ? first : withContinuations(first, reader);
  const fields = new Map<string, string>();
  readHeaderBlock(block, (name, value) => {
    if (wanted.has(name) && !fields.has(name)) fields.set(name, value);
  });
  const method = fields.get(":method");
  if (method === undefined) return { value: undefined, cut: block.cut };
  const path = fields.get(":path") ?? fields.get(":authority") ?? "";
  const host = fields.get(":authority") ?? fields.get("host") ?? authorityOf(method, path);
  return {
    value: { method, path, host, userAgent: fields.get("user-agent"), version: "2", h2cUpgrade: false },
    cut: block.cut,
  };
}

const wanted = new Set([":method", ":path", ":authority", "host", "user-agent"]);

/** The block of a HEADERS frame and its CONTINUATION frames (RFC 9113 section 6.10). */
function withContinuations(first: Reader, reader: Reader): Reader {
  const joined = new Uint8Array(first.remaining + reader.remaining);
  joined.set(first.bytes.subarray(first.offset, first.end));
  let end = first.remaining;
  for (let count = 0; count < maxFrames; count++) {
    const length = reader.u24();
    const type = reader.u8();
    const flags = reader.u8();
    reader.skip(4);
    if (reader.overrun) return new Reader(joined, 0, end, true);
    if (type !== frameType.continuation) break;
    const payload = reader.view(length);
    joined.set(payload.bytes.subarray(payload.offset, payload.end), end);
    end += payload.remaining;
    if (payload.cut || (flags & flag.endHeaders) !== 0) return new Reader(joined, 0, end, payload.cut);
  }
  return new Reader(joined, 0, end, false);
}

export const http2 = protocol({
  name: "http2",
  strength: "strong",
  firstBytes: anyOf("P"),
  parse,
  describe: ({ request }) => (request === undefined ? {} : { http: describeRequest(request) }),
  secrets: http2Secrets,
});
