import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";
import { readBson } from "./bson.ts";

/** The first message of a MongoDB client. */
export interface MongodbMessage {
  /** `OP_MSG`, `OP_QUERY`, `OP_COMPRESSED`, ... */
  readonly operation: string;
  /** The name of the command: `hello`, `isMaster`, `listDatabases`. */
  readonly command?: string | undefined;
  readonly database?: string | undefined;
  /** Of a query in the older protocol that is not a command. */
  readonly collection?: string | undefined;
  readonly applicationName?: string | undefined;
  /** The user for whom the client requests the login mechanisms. */
  readonly user?: string | undefined;
  /** `nodejs 7.9.0`. */
  readonly driver?: string | undefined;
  readonly operatingSystem?: string | undefined;
}

const operations: Readonly<Record<number, string>> = {
  2001: "OP_UPDATE",
  2002: "OP_INSERT",
  2004: "OP_QUERY",
  2005: "OP_GET_MORE",
  2006: "OP_DELETE",
  2007: "OP_KILL_CURSORS",
  2012: "OP_COMPRESSED",
  2013: "OP_MSG",
};
const maxMessageBytes = 48_000_000;
const requiredBits = 0xffff;
const knownBits = 0x3;

/**
 * Proof: a length, no response to another message (0 or -1), a known operation, and BSON.
 * https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */
export function parse(bytes: Uint8Array): Outcome<MongodbMessage> {
  const reader = new Reader(bytes);
  const length = reader.u32le();
  if (!reader.overrun && (length < 20 || length > maxMessageBytes)) return mismatch;
  reader.u32le();
  const responseTo = reader.u32le();
  const operationCode = reader.u32le();
  if (reader.overrun) return incomplete;
  if (responseTo !== 0 && responseTo !== 0xffffffff) return mismatch;
  const operation = operations[operationCode];
  if (operation === undefined) return mismatch;
  const body = reader.view(length - 16);
  if (operation === "OP_MSG") return readMessage(body, operation);
  if (operation === "OP_COMPRESSED") return readCompressed(body, operation);
  return readLegacy(body, operation);
}

/** Flags, then sections: kind 0 is the command itself, kind 1 a sequence of documents for it. */
function readMessage(body: Reader, operation: string): Outcome<MongodbMessage> {
  const flags = body.u32le();
  if (body.overrun) return { kind: body.failed() };
  if ((flags & requiredBits & ~knownBits) !== 0) return mismatch;
  const kind = body.u8();
  if (body.overrun) return match({ operation }, false);
  if (kind !== 0) return kind === 1 ? match({ operation }, !body.cut) : mismatch;
  return readCommand(body, { operation }, body);
}

function readCompressed(body: Reader, compressed: string): Outcome<MongodbMessage> {
  const operation = operations[body.u32le()];
  body.u32le();
  const compressor = body.u8();
  if (body.overrun) return { kind: body.failed() };
  if (operation === undefined || compressor > 3) return mismatch;
  return match({ operation: compressed }, !body.cut);
}

/** Flags (or a zero), the collection's full name, and for a query two numbers and a document. */
function readLegacy(body: Reader, operation: string): Outcome<MongodbMessage> {
  body.u32le();
  if (body.overrun) return { kind: body.failed() };
  if (operation === "OP_KILL_CURSORS") return match({ operation }, !body.cut);
  const before = body.remaining;
  const namespace = body.cString(256);
  if (body.overrun) return body.cut && before < 256 ? match({ operation }, false) : mismatch;
  const dot = namespace.indexOf(".");
  if (dot < 1) return mismatch;
  const database = namespace.slice(0, dot);
  const collection = namespace.slice(dot + 1);
  if (operation !== "OP_QUERY" || collection !== "$cmd") {
    return match({ operation, database, collection }, !body.cut);
  }
  body.skip(8);
  if (body.overrun) return body.cut ? match({ operation, database }, false) : mismatch;
  return readCommand(body, { operation, database }, body);
}

function readCommand(body: Reader, known: MongodbMessage, message: Reader): Outcome<MongodbMessage> {
  const document = readBson(body);
  if (document.malformed) return mismatch;
  const { texts, firstName } = document;
  const database = texts.get("$db") ?? known.database;
  const applicationName = texts.get("client.application.name");
  // `admin.alice`: the database, then the user.
  const user = /^[^.]{1,64}\.(.{1,256})$/.exec(texts.get("saslSupportedMechs") ?? "")?.[1];
  const driver = texts.get("client.driver.name");
  const driverVersion = texts.get("client.driver.version");
  const system = texts.get("client.os.type") ?? texts.get("client.os.name");
  return match(
    {
      operation: known.operation,
      command: firstName,
      database,
      applicationName,
      user,
      driver: driver === undefined || driverVersion === undefined ? undefined : `${driver} ${driverVersion}`,
      operatingSystem: document.complete || texts.has("client.os.type") ? system : undefined,
    },
    document.complete && !message.cut,
  );
}

export const mongodb = protocol({
  name: "mongodb",
  strength: "strong",
  // The first byte is the low one of a length.
  parse,
  describe: (value) => ({ mongodb: { ...value } }),
});
