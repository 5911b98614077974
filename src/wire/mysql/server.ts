import { fact, nonEmptyFact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/**
 * The first packet of a MySQL or MariaDB server.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_v10.html
 */
export interface MysqlGreeting {
  readonly product: "MySQL" | "MariaDB";
  /** `8.0.36`, `10.11.6`. */
  readonly version?: string | undefined;
  /** The authentication method: `caching_sha2_password`. */
  readonly authenticationPlugin?: string | undefined;
  readonly offersTls?: boolean | undefined;
  /** Sent instead of a handshake: `Host '10.0.0.1' is not allowed to connect`. */
  readonly error?: string | undefined;
  readonly errorCode?: number | undefined;
}

const clientSsl = 0x0800;
const maxGreetingBytes = 1024;

/** Protocol::HandshakeV10, or an ERR packet. */
export function parseMysqlGreeting(bytes: Uint8Array): Outcome<MysqlGreeting> {
  const reader = new Reader(bytes);
  const length = reader.u8() + reader.u8() * 256 + reader.u8() * 65_536;
  const sequence = reader.u8();
  if (reader.overrun) return (bytes[2] ?? 0) === 0 ? incomplete : mismatch;
  if (length < 5 || length > maxGreetingBytes || sequence !== 0) return mismatch;
  const packet = reader.view(length);
  const kind = packet.u8();
  if (packet.overrun) return incomplete;
  if (kind === 0xff) return readError(packet);
  return kind === 10 ? readHandshake(packet) : mismatch;
}

function readError(packet: Reader): Outcome<MysqlGreeting> {
  const errorCode = packet.u16le();
  const text = packet.latin1(packet.remaining);
  if (packet.overrun || packet.cut) return incomplete;
  if (errorCode < 1000 || errorCode > 4999) return mismatch;
  const error = fact(text.replace(/^#.{5}/, ""));
  return match({ product: /mariadb/i.test(error) ? "MariaDB" : "MySQL", error, errorCode });
}

function readHandshake(packet: Reader): Outcome<MysqlGreeting> {
  const text = packet.cString(128);
  if (packet.overrun) return { kind: packet.failed() };
  if (!/^\d+\.\d+/.test(text)) return mismatch;
  packet.skip(4 + 8 + 1);
  const lowerFlags = packet.u16le();
  packet.skip(1 + 2);
  const upperFlags = packet.u16le();
  const saltLength = packet.u8();
  packet.skip(10 + Math.max(13, saltLength - 8));
  if (packet.overrun) return { kind: packet.failed() };
  const plugin = (upperFlags & 0x08) === 0 ? "" : packet.cString(64);
  if (packet.overrun && packet.cut) return incomplete;
  // MariaDB puts 5.5.5- before its version, so that old replicas accept it.
  const isMariaDb = /mariadb/i.test(text);
  const version = /(?<!\d)\d+(?:\.\d+)+/.exec(isMariaDb ? text.replace(/^5\.5\.5-/, "") : text)?.[0];
  return match({
    product: isMariaDb ? "MariaDB" : "MySQL",
    version: fact(version),
    authenticationPlugin: nonEmptyFact(plugin),
    offersTls: (lowerFlags & clientSsl) !== 0,
  });
}
