import { fact, isPlain } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The first packet of a PostgreSQL client; after a refused request for encryption also the start-up that follows. */
export interface PostgresqlStart {
  readonly request: "startup" | "ssl" | "gss-encryption" | "cancel";
  /** `3.0`. This and the following fields are from the start-up. */
  readonly version?: string | undefined;
  readonly user?: string | undefined;
  readonly database?: string | undefined;
  readonly applicationName?: string | undefined;
  /** The client requests physical or logical replication. */
  readonly replication?: string | undefined;
}

const cancelRequest = 80877102;
const sslRequest = 80877103;
const gssEncryptionRequest = 80877104;
/** MAX_STARTUP_PACKET_LENGTH of the server. */
const maxLength = 10_000;

/**
 * Proof: a valid length, then one of the request codes or protocol version 3.
 * PostgreSQL documentation, "Message Formats": StartupMessage, SSLRequest, GSSENCRequest, CancelRequest.
 */
export function parse(bytes: Uint8Array): Outcome<PostgresqlStart> {
  const reader = new Reader(bytes);
  const length = reader.u32();
  if (reader.overrun) return bytes.every((byte, at) => at > 1 || byte === 0) ? incomplete : mismatch;
  if (length < 8 || length > maxLength) return mismatch;
  const code = reader.u32();
  if (reader.overrun) return incomplete;
  if (code === sslRequest || code === gssEncryptionRequest) {
    if (length !== 8) return mismatch;
    return afterRefusal(reader, code === sslRequest ? "ssl" : "gss-encryption");
  }
  const body = reader.view(length - 8);
  if (code === cancelRequest) {
    // Up to protocol 3.0 the secret key has 4 bytes; later versions allow 256.
    return length >= 16 && length <= 268 ? match({ request: "cancel" }, !body.cut) : mismatch;
  }
  const version = startupVersion(code);
  return version === undefined ? mismatch : startup(body, version, "startup");
}

/** A request for encryption is a match by itself; a start-up after it adds facts. */
function afterRefusal(reader: Reader, request: "ssl" | "gss-encryption"): Outcome<PostgresqlStart> {
  const length = reader.u32();
  const version = startupVersion(reader.u32());
  if (reader.overrun) return match({ request }, false);
  if (length < 8 || length > maxLength || version === undefined) return match({ request });
  const following = startup(reader.view(length - 8), version, request);
  return following.kind === "match" ? following : match({ request }, following.kind === "mismatch");
}

function startupVersion(code: number): string | undefined {
  const major = code >>> 16;
  const minor = code & 0xffff;
  // 3.9999 is sent to provoke a version negotiation.
  return major === 3 && (minor <= 9 || minor === 9999) ? `${major}.${minor}` : undefined;
}

function isNameByte(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f;
}

function startup(body: Reader, version: string, request: PostgresqlStart["request"]): Outcome<PostgresqlStart> {
  // A Metadata request of Kafka begins with the same eight bytes. Here the name of a parameter follows, there a number.
  if (body.peek() === -1 && body.cut) return incomplete;
  const parameters = new Map<string, string>();
  let ended = false;
  while (!ended) {
    if (body.peek() > 0 && !isNameByte(body.peek())) return mismatch;
    const name = body.cString(256);
    if (body.overrun) break;
    if (name === "") {
      // Nothing follows the terminator.
      if (body.remaining > 0 || body.cut) return mismatch;
      ended = true;
      break;
    }
    if (!/^[\w.-]+$/.test(name)) return mismatch;
    const value = body.cString(body.remaining);
    if (body.overrun) break;
    if (!isPlain(value)) return mismatch;
    if (!parameters.has(name)) parameters.set(name, value);
  }
  if (!ended && !body.cut) return mismatch;
  const user = parameters.get("user");
  const database = parameters.get("database");
  const applicationName = parameters.get("application_name");
  const replication = parameters.get("replication");
  const value = {
    request,
    version,
    user: fact(user),
    database: fact(database),
    applicationName: fact(applicationName),
    replication: fact(replication),
  };
  return match(value, ended);
}

export const postgresql = protocol({
  name: "postgresql",
  strength: "strong",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ postgresql: { ...value } }),
});
