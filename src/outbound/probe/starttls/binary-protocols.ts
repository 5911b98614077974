import { postgresqlSslRequest } from "../../../wire/postgresql/server.ts";
import type { Connection } from "../connection.ts";
import { type StartTlsOutcome, unanswered } from "./outcome.ts";

const ready: StartTlsOutcome = { kind: "ready" };

export async function startPostgresTls(connection: Connection): Promise<StartTlsOutcome> {
  connection.write(postgresqlSslRequest);
  const answer = await connection.readExactly(1);
  if (answer.kind !== "bytes") return unanswered(answer);
  const letter = answer.bytes.toString("latin1");
  if (letter === "S") return ready;
  if (letter === "N" || letter === "E") return { kind: "not-offered", reason: "the server has TLS turned off" };
  return { kind: "other-protocol", reason: "the answer is not PostgreSQL" };
}

const clientSsl = 0x0800;
const clientProtocol41 = 0x0200;
const clientSecureConnection = 0x8000;

/** Protocol::HandshakeV10 and SSLRequest, https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html */
export async function startMysqlTls(connection: Connection): Promise<StartTlsOutcome> {
  const greeting = await connection.readUntil((bytes) => {
    if (bytes.length < 5) return undefined;
    const length = 4 + bytes.readUIntLE(0, 3);
    // Do not wait where the bytes cannot be a greeting.
    if (length > 4096 || (bytes[4] !== 10 && bytes[4] !== 255)) return bytes.length;
    return bytes.length >= length ? length : undefined;
  });
  if (greeting.kind !== "bytes") return unanswered(greeting);
  const packet = greeting.bytes;
  if (packet[4] === 255) return { kind: "not-offered", reason: "the server refuses this client without a greeting" };
  // After the version's NUL: 4 bytes thread id, 8 bytes of the scramble, a filler, then the lower capabilities.
  const at = packet.indexOf(0, 5) + 1 + 4 + 8 + 1;
  if (packet[4] !== 10 || at < 15 || at + 2 > packet.length) {
    return { kind: "other-protocol", reason: "the greeting is not MySQL" };
  }
  if ((packet.readUInt16LE(at) & clientSsl) === 0) {
    return { kind: "not-offered", reason: "the server does not announce TLS" };
  }
  const request = Buffer.alloc(4 + 32);
  request.writeUIntLE(32, 0, 3);
  request[3] = 1;
  request.writeUInt32LE(clientSsl | clientProtocol41 | clientSecureConnection, 4);
  request.writeUInt32LE(0x0100_0000, 8);
  request[12] = 45;
  connection.write(request);
  return ready;
}

/** ExtendedRequest with the OID of StartTLS, RFC 4511 section 4.14.1. */
const ldapStartTls = Buffer.concat([
  Buffer.from("301d020101771880", "hex"),
  Buffer.from([22]),
  Buffer.from("1.3.6.1.4.1.1466.20037", "latin1"),
]);

export async function startLdapTls(connection: Connection): Promise<StartTlsOutcome> {
  connection.write(ldapStartTls);
  const answer = await connection.readUntil((bytes) => {
    if (bytes[0] !== 0x30) return bytes.length;
    const header = readBerLength(bytes, 1);
    if (header === undefined) return undefined;
    const length = header.at + header.length;
    return length > 16 * 1024 ? bytes.length : bytes.length >= length ? length : undefined;
  });
  if (answer.kind !== "bytes") return unanswered(answer);
  const code = extendedResultCode(answer.bytes);
  if (code === undefined) return { kind: "other-protocol", reason: "the answer is not LDAP" };
  return code === 0 ? ready : { kind: "not-offered", reason: `the server refused with result code ${code}` };
}

/** The result code of an LDAPMessage with an ExtendedResponse; lengths may be in the long form. */
function extendedResultCode(bytes: Buffer): number | undefined {
  const message = readBerLength(bytes, 1);
  if (message === undefined || bytes[message.at] !== 2) return undefined;
  const id = readBerLength(bytes, message.at + 1);
  if (id === undefined || bytes[id.at + id.length] !== 0x78) return undefined;
  const response = readBerLength(bytes, id.at + id.length + 1);
  if (response === undefined || bytes[response.at] !== 10) return undefined;
  const code = readBerLength(bytes, response.at + 1);
  return code === undefined || code.length < 1 ? undefined : bytes[code.at + code.length - 1];
}

/** X.690 section 8.1.3; lengths of more than four bytes do not occur. */
function readBerLength(bytes: Buffer, at: number): { readonly length: number; readonly at: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 128) return { length: first, at: at + 1 };
  const count = first & 127;
  if (count < 1 || count > 4 || at + 1 + count > bytes.length) return undefined;
  return { length: bytes.readUIntBE(at + 1, count), at: at + 1 + count };
}
