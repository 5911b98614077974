import { isPlain, nonEmptyFact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** A packet of AJP 1.3, which web servers send to Tomcat. From unknown clients it is mostly an attempt to read files (Ghostcat). */
export interface AjpPacket {
  /** `forward-request`, `ping`, `cping`, `shutdown`. */
  readonly packet: string;
  readonly method?: string | undefined;
  readonly uri?: string | undefined;
  readonly remoteAddress?: string | undefined;
  readonly serverName?: string | undefined;
}

const packets: Readonly<Record<number, string>> = { 2: "forward-request", 7: "shutdown", 8: "ping", 10: "cping" };
const methods = ["", "OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "PROPFIND", "PROPPATCH", "MKCOL"];
const otherMethods = ["COPY", "MOVE", "LOCK", "UNLOCK", "ACL", "REPORT", "VERSION-CONTROL", "CHECKIN", "CHECKOUT"];
const noText = 0xffff;

/** Proof: 0x1234, a length, and a packet of its form. https://tomcat.apache.org/connectors-doc/ajp/ajpv13a.html */
export function parse(bytes: Uint8Array): Outcome<AjpPacket> {
  const reader = new Reader(bytes);
  if (reader.peek() !== 0x12 && reader.remaining > 0) return mismatch;
  if (reader.peek(1) !== 0x34 && reader.remaining > 1) return mismatch;
  reader.skip(2);
  const length = reader.u16();
  if (reader.overrun) return incomplete;
  const body = reader.view(length);
  const packet = packets[body.u8()];
  if (body.overrun) return { kind: body.failed() };
  if (packet === undefined) return mismatch;
  if (packet !== "forward-request") return length === 1 ? match({ packet }) : mismatch;
  const method = [...methods, ...otherMethods][body.u8()];
  const protocol = text(body);
  const uri = text(body);
  if (body.overrun) return body.cut ? match({ packet }, false) : mismatch;
  if (!protocol.startsWith("HTTP/") || method === undefined || method === "" || !isPlain(uri)) return mismatch;
  const known = { packet, method, uri: nonEmptyFact(uri) };
  const remoteAddress = text(body);
  text(body);
  const serverName = text(body);
  if (body.overrun) return body.cut ? match(known, false) : mismatch;
  return match(
    {
      ...known,
      remoteAddress: nonEmptyFact(remoteAddress),
      serverName: nonEmptyFact(serverName),
    },
    !body.cut,
  );
}

/** A length, the text, a NUL. */
function text(body: Reader): string {
  const length = body.u16();
  if (length === noText) return "";
  const value = body.text(length);
  body.skip(1);
  return value;
}

export const ajp = protocol({
  name: "ajp",
  strength: "strong",
  firstBytes: oneOf(0x12),
  parse,
  describe: (value) => ({ ajp: { ...value } }),
});
