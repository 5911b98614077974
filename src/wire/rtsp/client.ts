import { fact } from "../fact.ts";
import { readHeaderLines } from "../header-lines.ts";
import { httpSecrets } from "../http/secrets.ts";
import { match, type Outcome } from "../outcome.ts";
import { initialsOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";
import { readRequestLine, skipEmptyLines } from "../request-line.ts";

/** The first request of an RTSP client, which usually looks for a camera. */
export interface RtspRequest {
  readonly method: string;
  /** As sent: `rtsp://192.0.2.7/live`, or `*`. A password in it is replaced by `***`. */
  readonly url: string;
  /** `1.0` or `2.0`. */
  readonly version: string;
  readonly userAgent?: string | undefined;
}

/** RFC 7826 section 13 and RFC 2326 section 10. */
const methods: ReadonlySet<string> = new Set([
  "ANNOUNCE",
  "DESCRIBE",
  "GET_PARAMETER",
  "OPTIONS",
  "PAUSE",
  "PLAY",
  "PLAY_NOTIFY",
  "RECORD",
  "REDIRECT",
  "SETUP",
  "SET_PARAMETER",
  "TEARDOWN",
]);
const headers: ReadonlySet<string> = new Set(["user-agent"]);

/** Proof: a request line that ends in `RTSP/1.0` or `RTSP/2.0`. RFC 7826 section 7. */
export function parse(bytes: Uint8Array): Outcome<RtspRequest> {
  const reader = new Reader(bytes);
  skipEmptyLines(reader);
  const line = readRequestLine(reader, methods, "RTSP");
  if (line.kind !== "match") return line;
  const { method, target, version } = line.value;
  const { values, ended, malformed } = readHeaderLines(reader, headers);
  const userAgent = values.get("user-agent");
  const url = fact(target.replace(/^([a-z]+:\/\/[^/@:]*):[^/@]*@/i, "$1:***@"));
  return match({ method, url, version, userAgent }, ended || malformed);
}

const isInitial = initialsOf(methods);

export const rtsp = protocol({
  name: "rtsp",
  strength: "strong",
  firstBytes: (byte) => isInitial(byte) || byte === 0x0d || byte === 0x0a,
  parse,
  describe: (value) => ({ rtsp: { ...value } }),
  secrets: httpSecrets,
});
