import { fact } from "../fact.ts";
import { readHeaderLines } from "../header-lines.ts";
import { httpSecrets } from "../http/secrets.ts";
import { match, mismatch, type Outcome } from "../outcome.ts";
import { initialsOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";
import { readRequestLine, skipEmptyLines } from "../request-line.ts";

/** The first request of a SIP client. */
export interface SipRequest {
  readonly method: string;
  /** As sent; a password in it is replaced by `***`. */
  readonly uri: string;
  readonly userAgent?: string | undefined;
  readonly callId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** RFC 3261 section 7.1 and the RFCs that add methods. */
const methods: ReadonlySet<string> = new Set([
  "ACK",
  "BYE",
  "CANCEL",
  "INFO",
  "INVITE",
  "MESSAGE",
  "NOTIFY",
  "OPTIONS",
  "PRACK",
  "PUBLISH",
  "REFER",
  "REGISTER",
  "SUBSCRIBE",
  "UPDATE",
]);
// The one-letter forms: RFC 3261 section 7.3.3.
const headers: ReadonlySet<string> = new Set(["user-agent", "call-id", "i", "from", "f", "to", "t"]);

/** Proof: a request line that ends in `SIP/2.0`. RFC 3261 section 7. */
export function parse(bytes: Uint8Array): Outcome<SipRequest> {
  const reader = new Reader(bytes);
  skipEmptyLines(reader);
  const line = readRequestLine(reader, methods, "SIP");
  if (line.kind !== "match") return line;
  const { method, target, version } = line.value;
  if (version !== "2.0") return mismatch;
  const { values, ended, malformed } = readHeaderLines(reader, headers);
  const userAgent = values.get("user-agent");
  const callId = values.get("call-id") ?? values.get("i");
  const from = values.get("from") ?? values.get("f");
  const to = values.get("to") ?? values.get("t");
  return match(
    {
      method,
      uri: fact(target.replace(/^(sips?:[^:@]*):[^@]*@/i, "$1:***@")),
      userAgent,
      callId,
      from,
      to,
    },
    ended || malformed,
  );
}

const isInitial = initialsOf(methods);

export const sip = protocol({
  name: "sip",
  strength: "strong",
  firstBytes: (byte) => isInitial(byte) || byte === 0x0d || byte === 0x0a,
  parse,
  describe: (value) => ({ sip: { ...value } }),
  secrets: httpSecrets,
});
