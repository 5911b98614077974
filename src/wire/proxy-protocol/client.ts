import { type Address, addressFromBigInt, parseAddress } from "../../core/address.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/**
 * The header that a load balancer puts before a client's bytes, with the client's address.
 * https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
 */
export interface ProxyHeader {
  readonly version: 1 | 2;
  /** `undefined` for the proxy's own connections (LOCAL, UNKNOWN), for UNIX sockets, and until the header has arrived. */
  readonly source: ProxyEndpoint | undefined;
  readonly destination: ProxyEndpoint | undefined;
  /** Length of the header; the client's bytes follow. */
  readonly headerBytes: number;
}

interface ProxyEndpoint {
  readonly address: Address;
  readonly port: number;
}

const v1Prefix = ascii("PROXY ");
const v2Signature = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
/** Section 2.1: the longest line of version 1, its CRLF included. */
const v1MaximumBytes = 107;
/** The longest header: 16 bytes of version 2 (section 2.2), then addresses and TLVs with a length of two bytes. */
export const maxHeaderBytes = 16 + 65_535;

export function parse(bytes: Uint8Array): Outcome<ProxyHeader> {
  if (bytes.length === 0) return incomplete;
  if (bytes[0] === v1Prefix[0]) {
    const prefix = startsWith(bytes, v1Prefix);
    return prefix === "match" ? parseV1(bytes) : { kind: prefix };
  }
  const signature = startsWith(bytes, v2Signature);
  return signature === "match" ? parseV2(bytes) : { kind: signature };
}

/**
 * The offset after the fixed part of a header, even of a malformed one; `undefined` if the bytes do not begin with a header. Bytes
 * after a malformed header cannot be interpreted.
 */
export function endOfAnyHeader(bytes: Uint8Array): number | undefined {
  if (startsWith(bytes, v2Signature) === "match") return Math.min(bytes.length, v2Signature.length + 4);
  if (startsWith(bytes, v1Prefix) !== "match") return undefined;
  const lineFeed = bytes.indexOf(0x0a);
  return lineFeed === -1 ? bytes.length : lineFeed + 1;
}

function parseV1(bytes: Uint8Array): Outcome<ProxyHeader> {
  const reader = new Reader(bytes);
  const line = reader.line(v1MaximumBytes);
  if (line === undefined) return bytes.length < v1MaximumBytes ? incomplete : mismatch;
  if (bytes[reader.offset - 2] !== 0x0d) return mismatch;
  const headerBytes = reader.offset;
  const [, family, source, destination, sourcePort, destinationPort, ...rest] = line.split(" ");
  if (family === "UNKNOWN") return match({ version: 1, source: undefined, destination: undefined, headerBytes });
  if ((family !== "TCP4" && family !== "TCP6") || rest.length > 0) return mismatch;
  const from = endpoint(source, sourcePort, family);
  const to = endpoint(destination, destinationPort, family);
  if (from === undefined || to === undefined) return mismatch;
  return match({ version: 1, source: from, destination: to, headerBytes });
}

function endpoint(
  host: string | undefined,
  port: string | undefined,
  family: "TCP4" | "TCP6",
): ProxyEndpoint | undefined {
  if (host === undefined || port === undefined || !/^(?:0|[1-9]\d{0,4})$/.test(port)) return undefined;
  if (host.includes(":") !== (family === "TCP6") || host.includes("%")) return undefined;
  const address = parseAddress(host);
  return address === undefined || Number(port) > 65_535 ? undefined : { address, port: Number(port) };
}

function parseV2(bytes: Uint8Array): Outcome<ProxyHeader> {
  const reader = new Reader(bytes, v2Signature.length, Math.min(bytes.length, maxHeaderBytes));
  const versionAndCommand = reader.u8();
  if (!reader.overrun && versionAndCommand !== 0x20 && versionAndCommand !== 0x21) return mismatch;
  const family = reader.u8();
  if (!reader.overrun && (family >> 4 > 3 || (family & 0x0f) > 2)) return mismatch;
  const length = reader.u16();
  if (reader.overrun) return incomplete;
  const headerBytes = reader.offset + length;
  const rest = reader.view(length);
  const none = { version: 2, source: undefined, destination: undefined, headerBytes } as const;
  // LOCAL: the proxy's own health check; the addresses are to be ignored.
  if (versionAndCommand === 0x20) return match(none, !rest.cut);
  const addresses = family >> 4 === 1 ? readAddresses(rest, 4) : family >> 4 === 2 ? readAddresses(rest, 6) : none;
  if (rest.overrun && !rest.cut) return mismatch;
  return match({ ...none, ...(rest.overrun ? none : addresses) }, !rest.cut);
}

function readAddresses(reader: Reader, family: 4 | 6): { source: ProxyEndpoint; destination: ProxyEndpoint } {
  const source = readAddress(reader, family);
  const destination = readAddress(reader, family);
  return {
    source: { address: source, port: reader.u16() },
    destination: { address: destination, port: reader.u16() },
  };
}

function readAddress(reader: Reader, family: 4 | 6): Address {
  if (family === 4) return addressFromBigInt(BigInt(reader.u32()), 4);
  const high = reader.u64();
  const address = addressFromBigInt((high << 64n) | reader.u64(), 6);
  // An IPv4-mapped address is the IPv4 address.
  return parseAddress(address) ?? address;
}

export const proxyProtocol = protocol({
  name: "proxy",
  strength: "strong",
  firstBytes: oneOf(0x50, 0x0d),
  parse,
  describe: ({ version, source, destination, headerBytes }) => ({
    proxy: { version, source, destination, headerBytes },
  }),
});
