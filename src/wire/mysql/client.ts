import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The first packet of a MySQL or MariaDB client: the response to the server's greeting. */
export interface MysqlResponse {
  readonly request: "login" | "ssl";
  readonly user?: string;
  readonly database?: string;
  /** The authentication plugin: `caching_sha2_password`. */
  readonly plugin?: string;
  /** The program and its library, from the connection attributes: `mysql`, `libmariadb 3.3.20`. */
  readonly program?: string;
  readonly clientLibrary?: string;
}

// Capability flags: https://dev.mysql.com/doc/dev/mysql-server/latest/group__group__cs__capabilities__flags.html
const connectWithDatabase = 0x8;
const protocol41 = 0x200;
const ssl = 0x800;
const secureConnection = 0x8000;
const pluginAuthentication = 0x80000;
const connectAttributes = 0x100000;
const lengthEncodedAuthentication = 0x200000;

const fixedBytes = 32;

/**
 * HandshakeResponse41 or SSLRequest. Proof: sequence number 1, the flag for protocol 4.1, a character set, and a filler of 19
 * zero bytes (23 in MySQL; MariaDB has flags in the last four).
 * https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_response.html
 */
export function parse(bytes: Uint8Array): Outcome<MysqlResponse> {
  const reader = new Reader(bytes);
  const length = reader.u8() + (reader.u8() << 8) + (reader.u8() << 16);
  if (reader.overrun) return incomplete;
  if (length < fixedBytes || length > 65_535) return mismatch;
  const sequence = reader.u8();
  if (!reader.overrun && sequence !== 1) return mismatch;
  const body = reader.view(length);
  const capabilities = body.u32le();
  if (body.overrun) return incomplete;
  if ((capabilities & protocol41) === 0) return mismatch;
  const maxPacket = body.u32le();
  const characterSet = body.u8();
  if (body.overrun) return incomplete;
  if (maxPacket > 0x40000000 || characterSet === 0) return mismatch;
  for (let at = 0; at < 19; at++) if (body.u8() !== 0) return mismatch;
  body.skip(4);
  if (body.overrun) return incomplete;
  const wantsSsl = (capabilities & ssl) !== 0;
  if (length === fixedBytes) return wantsSsl ? match({ request: "ssl" }) : mismatch;
  return login(body, capabilities);
}

function login(body: Reader, capabilities: number): Outcome<MysqlResponse> {
  const value: { -readonly [Name in keyof MysqlResponse]: MysqlResponse[Name] } = { request: "login" };
  const asked = (flag: number) => (capabilities & flag) !== 0;
  const user = body.cString(256);
  if (body.overrun) return body.cut && body.remaining < 256 ? match(value, false) : mismatch;
  value.user = fact(user);
  if (asked(lengthEncodedAuthentication)) body.skip(lengthEncoded(body));
  else if (asked(secureConnection)) body.skip(body.u8());
  else body.cString(256);
  if (!body.overrun && asked(connectWithDatabase) && body.remaining > 0) {
    const database = body.cString(256);
    if (!body.overrun) value.database = fact(database);
  }
  if (!body.overrun && asked(pluginAuthentication) && body.remaining > 0) {
    const plugin = body.cString(128);
    if (!body.overrun) value.plugin = plugin;
  }
  if (!body.overrun && asked(connectAttributes) && body.remaining > 0) readAttributes(body, value);
  if (body.overrun && !body.cut) return mismatch;
  return match(value, !body.overrun && !body.cut);
}

function readAttributes(body: Reader, value: { program?: string; clientLibrary?: string }): void {
  const attributes = body.view(lengthEncoded(body));
  const found = new Map<string, string>();
  while (attributes.remaining > 0) {
    const name = attributes.latin1(lengthEncoded(attributes));
    const text = attributes.text(lengthEncoded(attributes));
    if (attributes.overrun) break;
    found.set(name, fact(text));
  }
  const program = found.get("program_name");
  if (program !== undefined) value.program = program;
  const library = found.get("_client_name");
  const version = found.get("_client_version");
  if (library !== undefined && version !== undefined) value.clientLibrary = `${library} ${version}`;
}

/** A length-encoded integer. One of eight bytes is an overrun, because no packet has such a length. */
function lengthEncoded(reader: Reader): number {
  const first = reader.u8();
  if (first < 0xfb) return first;
  if (first === 0xfc) return reader.u16le();
  if (first === 0xfd) return reader.u8() + (reader.u8() << 8) + (reader.u8() << 16);
  reader.overrun = true;
  return 0;
}

export const mysql = protocol({
  name: "mysql",
  strength: "medium",
  // The first byte is the low one of a length.
  parse,
  describe: (value) => ({ mysql: { ...value } }),
});
