import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/**
 * OpenVPN over TCP: a packet length of two bytes, P_CONTROL_HARD_RESET_CLIENT_V2 (opcode 7, key 0), a session, no
 * acknowledgements, packet 0. https://openvpn.net/community-resources/openvpn-protocol/
 */
const session = [0x48, 0x41, 0x52, 0x42, 0x49, 0x4e, 0x47, 0x52];
export const openVpnReset = Uint8Array.of(0, 14, 0x38, ...session, 0, 0, 0, 0, 0);

/** P_CONTROL_HARD_RESET_SERVER_V2 (opcode 8), which acknowledges our session. OpenVPN, src/openvpn/ssl_pkt.h. */
export function parseOpenVpnReset(bytes: Uint8Array): Outcome<true> {
  const reader = new Reader(bytes);
  const length = reader.u16();
  if (!reader.overrun && (length < 14 || length > 1500)) return mismatch;
  const opcode = reader.u8() >> 3;
  if (!reader.overrun && opcode !== 8) return mismatch;
  reader.skip(8);
  const acknowledged = reader.u8();
  if (reader.overrun) return incomplete;
  if (acknowledged === 0) return match(true);
  if (acknowledged > 8) return mismatch;
  reader.skip(4 * acknowledged);
  const acknowledgedSession = reader.take(8);
  if (reader.overrun) return incomplete;
  return acknowledgedSession.every((byte, at) => byte === session[at]) ? match(true) : mismatch;
}
