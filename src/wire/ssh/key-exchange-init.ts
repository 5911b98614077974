import { match, mismatch, type Outcome } from "../outcome.ts";
import type { Reader } from "../reader.ts";

/** The name-lists of SSH_MSG_KEXINIT (RFC 4253 section 7.1), verbatim, one character per byte. */
export interface KeyExchangeInit {
  readonly keyExchange: string;
  readonly hostKey: string;
  readonly encryptionClientToServer: string;
  readonly encryptionServerToClient: string;
  readonly macClientToServer: string;
  readonly macServerToClient: string;
  readonly compressionClientToServer: string;
  readonly compressionServerToClient: string;
}

const keyExchangeInit = 20;
/** RFC 4253 section 6.1: the size that every implementation must accept. */
const maxPacketBytes = 35_000;
const cookieBytes = 16;

/** Reads the unencrypted binary packet (RFC 4253 section 6) that follows the identification line. */
export function parseKeyExchangeInit(reader: Reader): Outcome<KeyExchangeInit> {
  const packetBytes = reader.u32();
  if (!reader.overrun && packetBytes > maxPacketBytes) return mismatch;
  const packet = reader.view(packetBytes);
  packet.skip(1);
  if (reader.overrun) return { kind: "incomplete" };
  const type = packet.u8();
  if (!packet.overrun && type !== keyExchangeInit) return mismatch;
  packet.skip(cookieBytes);
  const lists: KeyExchangeInit = {
    keyExchange: packet.latin1(packet.u32()),
    hostKey: packet.latin1(packet.u32()),
    encryptionClientToServer: packet.latin1(packet.u32()),
    encryptionServerToClient: packet.latin1(packet.u32()),
    macClientToServer: packet.latin1(packet.u32()),
    macServerToClient: packet.latin1(packet.u32()),
    compressionClientToServer: packet.latin1(packet.u32()),
    compressionServerToClient: packet.latin1(packet.u32()),
  };
  return packet.overrun ? { kind: packet.failed() } : match(lists);
}
