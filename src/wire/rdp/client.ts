import { match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The X.224 Connection Request that opens RDP ([MS-RDPBCGR] section 2.2.1.1). */
export interface RdpConnectionRequest {
  /** The user name of `Cookie: mstshash=`, often cut to nine characters. Not made safe. */
  readonly cookie: string | undefined;
  /** The token with which a load balancer finds the session, without line end. Not made safe. */
  readonly routingToken: string | undefined;
  /** The bits of RDP_NEG_REQ; old clients send none. */
  readonly requestedProtocols: number | undefined;
}

const tpktVersion = 3;
const connectionRequest = 0xe0;
const cookiePrefix = "cookie: mstshash=";
const negotiationRequest = 0x01;
const correlationInfo = 0x06;
const maxTokenBytes = 512;

/** Proof: a TPKT header, and an X.224 Connection Request with a cookie or a negotiation request. [MS-RDPBCGR] section 2.2.1.1. */
export function parse(bytes: Uint8Array): Outcome<RdpConnectionRequest> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  if (!reader.overrun && version !== tpktVersion) return mismatch;
  const reserved = reader.u8();
  if (!reader.overrun && reserved !== 0) return mismatch;
  const packetBytes = reader.u16();
  if (reader.overrun) return { kind: "incomplete" };
  if (packetBytes < 11) return mismatch;
  const packet = reader.view(packetBytes - 4);
  const lengthIndicator = packet.u8();
  // The length of the rest. Some scanners send a smaller value, none a larger one.
  if (!packet.overrun && (lengthIndicator < 6 || lengthIndicator > packetBytes - 5)) return mismatch;
  const code = packet.u8();
  if (!packet.overrun && code !== connectionRequest) return mismatch;
  packet.skip(4);
  const protocolClass = packet.u8();
  if (packet.overrun) return { kind: packet.failed() };
  if (protocolClass !== 0) return mismatch;
  return readVariablePart(packet);
}

function readVariablePart(packet: Reader): Outcome<RdpConnectionRequest> {
  let cookie: string | undefined;
  let routingToken: string | undefined;
  let requestedProtocols: number | undefined;
  const first = packet.peek();
  if (isTokenByte(first)) {
    const line = packet.line(maxTokenBytes) ?? lineWithoutEnd(packet);
    if (line === undefined) return packet.cut && packet.remaining < maxTokenBytes ? { kind: "incomplete" } : mismatch;
    if (line.slice(0, cookiePrefix.length).toLowerCase() === cookiePrefix) cookie = line.slice(cookiePrefix.length);
    else routingToken = line;
  }
  const type = packet.peek();
  // Other protocols over ISO transport may begin with the same bytes.
  if (type === -1 && packet.cut && cookie === undefined) return { kind: "incomplete" };
  if (type === negotiationRequest) {
    packet.skip(2);
    const length = packet.u16le();
    requestedProtocols = packet.u32le();
    if (packet.overrun)
      return packet.cut ? match({ cookie, routingToken, requestedProtocols: undefined }, false) : mismatch;
    if (length !== 8) return mismatch;
  } else if (type !== -1 && type !== correlationInfo && cookie === undefined) {
    // Other protocols over ISO transport (S7, ICCP) have parameters 0xc0 to 0xc2 here.
    return mismatch;
  }
  return match({ cookie, routingToken, requestedProtocols }, !packet.cut);
}

const negotiationBytes = 8;

/**
 * Some tools send a cookie without a line end: it ends at the negotiation request, or at the end of the packet. `undefined` if
 * the packet has not arrived completely, or has no cookie.
 */
function lineWithoutEnd(packet: Reader): string | undefined {
  if (packet.cut || packet.remaining > maxTokenBytes) return undefined;
  const text = packet.bytes.subarray(packet.offset, packet.end);
  if (startsWith(text, ascii("cookie: "), 0, true) !== "match") return undefined;
  const request = text.length - negotiationBytes;
  const isNegotiated =
    text[request] === negotiationRequest && text[request + 2] === negotiationBytes && text[request + 3] === 0;
  const line = packet.text(isNegotiated ? request : text.length);
  return line.replace(/[\r\0]{0,2}$/, "");
}

/** A cookie or token is text. */
function isTokenByte(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

/** [MS-RDPBCGR] section 2.2.1.1.1. Without any bit the client requests standard RDP security. */
const securityProtocols: readonly (readonly [bit: number, name: string])[] = [
  [0x01, "tls"],
  [0x02, "nla"],
  [0x04, "rdstls"],
  [0x08, "nla-ex"],
  [0x10, "aad"],
];

export const rdp = protocol({
  name: "rdp",
  strength: "strong",
  firstBytes: oneOf(3),
  parse,
  describe: ({ cookie, routingToken, requestedProtocols }) => ({
    rdp: {
      cookie,
      routingToken,
      requestedProtocols: namesOf(requestedProtocols ?? 0),
    },
  }),
});

function namesOf(bits: number): readonly string[] {
  const names = securityProtocols.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name);
  return names.length === 0 ? ["rdp"] : names;
}
