import { hexText } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The first packet of an OpenVPN client over TCP. */
export interface OpenvpnReset {
  /** `P_CONTROL_HARD_RESET_CLIENT_V2`. */
  readonly opcode: string;
  /** Eight bytes as hex. */
  readonly session: string;
  /** The protection of the control channel, inferred from the packet length: `none`, `tls-auth or tls-crypt`, `tls-crypt-v2`. */
  readonly protection: string;
}

const plainBytes = 14;
/** Packet lengths with a packet number, a time, and a digest of one of these sizes. */
const wrappedBytes: ReadonlySet<number> = new Set([16, 20, 28, 32, 48, 64].map((digest) => plainBytes + 8 + digest));
const maxBytes = 1100;

/**
 * Proof: a possible length, the opcode of a client's hard reset with key 0, and in an unprotected packet no acknowledgements and
 * packet number 0. OpenVPN, src/openvpn/ssl_pkt.h; https://openvpn.github.io/openvpn-rfc/openvpn-wire-protocol.html
 */
export function parse(bytes: Uint8Array): Outcome<OpenvpnReset> {
  const reader = new Reader(bytes);
  const length = reader.u16();
  if (reader.overrun) return (bytes[0] ?? 0) <= 4 ? incomplete : mismatch;
  if (length < plainBytes || length > maxBytes) return mismatch;
  const packet = reader.view(length);
  const first = packet.u8();
  if (packet.overrun) return incomplete;
  const version = { 8: 1, 56: 2, 80: 3 }[first];
  if (version === undefined) return mismatch;
  const protection =
    version === 3
      ? "tls-crypt-v2"
      : length === plainBytes
        ? "none"
        : wrappedBytes.has(length)
          ? "tls-auth or tls-crypt"
          : undefined;
  if (protection === undefined || (version === 3 && length < plainBytes + 40)) return mismatch;
  const session = packet.take(8);
  if (protection === "none") {
    const acknowledged = packet.u8();
    const number = packet.u32();
    if (!packet.overrun && (acknowledged !== 0 || number !== 0)) return mismatch;
    if (packet.overrun && acknowledged !== 0) return mismatch;
  } else {
    packet.skip(length - 9);
  }
  if (packet.overrun) return incomplete;
  return match({ opcode: `P_CONTROL_HARD_RESET_CLIENT_V${version}`, session: hexText(session), protection });
}

export const openvpn = protocol({
  name: "openvpn",
  strength: "medium",
  firstBytes: oneOf(0, 1, 2, 3, 4),
  parse,
  describe: (value) => ({ openvpn: { ...value } }),
});
