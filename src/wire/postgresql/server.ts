import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** SSLRequest and Terminate. https://www.postgresql.org/docs/current/protocol-message-formats.html */
export const postgresqlSslRequest = Uint8Array.of(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f);
export const postgresqlTerminate = Uint8Array.of(0x58, 0, 0, 0, 4);

/**
 * A StartupMessage of protocol 3.0 with a user and no password.
 * @param parameter a further parameter to set to `on` for this session
 */
export function postgresqlStartup(user: string, database: string, parameter = ""): Uint8Array {
  const more = parameter === "" ? "" : `${parameter}\0on\0`;
  const named = `user\0${user}\0database\0${database}\0application_name\0harbinger\0${more}\0`;
  const parameters = Buffer.from(named, "latin1");
  const message = Buffer.alloc(8 + parameters.length);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(0x0003_0000, 4);
  parameters.copy(message, 8);
  return message;
}

/** The byte that answers an SSLRequest. PostgreSQL documentation, "Message Flow", "SSL Session Encryption". */
export function parsePostgresqlSslAnswer(bytes: Uint8Array): Outcome<"S" | "N"> {
  const first = bytes[0];
  if (first === undefined) return incomplete;
  // The server then waits for the client, so more bytes mean another protocol.
  if (bytes.length > 1) return mismatch;
  return first === 0x53 ? match("S") : first === 0x4e ? match("N") : mismatch;
}

const methods: Readonly<Record<number, string>> = {
  2: "Kerberos V5",
  3: "cleartext password",
  5: "MD5 password",
  6: "SCM credential",
  7: "GSSAPI",
  9: "SSPI",
  10: "SASL",
};

export type PostgresqlAnswer =
  | { readonly kind: "authenticated" }
  | { readonly kind: "asks"; readonly method: string }
  | { readonly kind: "error"; readonly code: string; readonly text: string };

/**
 * The answer to a StartupMessage: AuthenticationOk, another Authentication, or ErrorResponse. PostgreSQL documentation,
 * "Message Formats".
 */
export function parsePostgresqlAnswer(bytes: Uint8Array): Outcome<PostgresqlAnswer> {
  const reader = new Reader(bytes);
  const kind = reader.u8();
  if (reader.overrun) return incomplete;
  if (kind !== 0x52 && kind !== 0x45) return mismatch;
  const length = reader.u32();
  if (reader.overrun) return incomplete;
  if (length < 8 || length > 8192) return mismatch;
  const body = reader.view(length - 4);
  if (kind === 0x45) return readError(body);
  const method = body.u32();
  if (body.overrun) return { kind: body.failed() };
  if (method === 0) return length === 8 ? match({ kind: "authenticated" }) : mismatch;
  const name = methods[method];
  if (name === undefined) return mismatch;
  if (method !== 10) return match({ kind: "asks", method: name });
  const mechanism = body.cString(64);
  if (body.overrun) return { kind: body.failed() };
  return match({ kind: "asks", method: mechanism === "" ? name : fact(mechanism) });
}

function readError(body: Reader): Outcome<PostgresqlAnswer> {
  let code = "";
  let text = "";
  for (let fields = 0; fields < 32; fields++) {
    const field = body.u8();
    if (body.overrun) return { kind: body.failed() };
    if (field === 0) return code === "" && text === "" ? mismatch : match({ kind: "error", code, text });
    const value = body.cString(4096);
    if (body.overrun) return { kind: body.failed() };
    if (field === 0x43) code = fact(value);
    if (field === 0x4d) text = fact(value);
  }
  return mismatch;
}

/**
 * The ParameterStatus `server_version` after AuthenticationOk; "" if there is none. PostgreSQL documentation, "Message
 * Formats".
 */
export function parsePostgresqlVersion(bytes: Uint8Array): Outcome<string> {
  const reader = new Reader(bytes);
  for (let messages = 0; messages < 64; messages++) {
    const kind = reader.u8();
    const length = reader.u32();
    if (reader.overrun) return incomplete;
    if (length < 4 || length > 8192) return mismatch;
    const body = reader.view(length - 4);
    if (kind === 0x5a || kind === 0x45) return match("");
    if (kind === 0x53) {
      const name = body.cString(128);
      const value = body.cString(256);
      if (body.overrun) return { kind: body.failed() };
      if (name === "server_version") return match(fact(value));
    } else if (body.cut) return incomplete;
  }
  return match("");
}
