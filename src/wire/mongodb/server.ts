import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

export type MongoCommand = "hello" | "isMaster" | "buildInfo" | "listDatabases";

/** OP_MSG with one command on the database `admin`. https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ */
export function mongoCommand(command: MongoCommand, requestId: number): Uint8Array {
  const database = Buffer.from("\x02$db\0\x06\0\0\0admin\0", "latin1");
  // No flags, and a section of kind 0: the command.
  return message(2013, requestId, Buffer.alloc(5), document([...elementsOf(command), database]));
}

/** The same as OP_QUERY, for servers before 3.6: any member may answer, with at most one document. */
export function mongoQuery(command: MongoCommand, requestId: number): Uint8Array {
  const head = Buffer.from("\x04\0\0\0admin.$cmd\0\0\0\0\0\xff\xff\xff\xff", "latin1");
  return message(2004, requestId, head, document(elementsOf(command)));
}

function elementsOf(command: MongoCommand): readonly Uint8Array[] {
  const nameOnly = Buffer.from("\x08nameOnly\0\x01", "latin1");
  return [int32Element(command, 1), ...(command === "listDatabases" ? [nameOnly] : [])];
}

function document(elements: readonly Uint8Array[]): Uint8Array {
  const whole = Buffer.concat([Buffer.alloc(4), ...elements, Uint8Array.of(0)]);
  whole.writeInt32LE(whole.length, 0);
  return whole;
}

function message(operation: number, requestId: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const whole = Buffer.concat([Buffer.alloc(16), ...parts]);
  whole.writeInt32LE(whole.length, 0);
  whole.writeInt32LE(requestId, 4);
  whole.writeInt32LE(operation, 12);
  return whole;
}

function int32Element(name: string, value: number): Uint8Array {
  const element = Buffer.concat([Buffer.from(`\x10${name}\0`, "latin1"), Buffer.alloc(4)]);
  element.writeInt32LE(value, element.length - 4);
  return element;
}

/** The plain values of a reply by path: `ok`, `code`, `codeName`, `version`, `databases.0.name`. */
export interface MongoReply {
  readonly values: ReadonlyMap<string, string | number | boolean>;
  readonly bytes: number;
}

/**
 * The reply to a command: OP_MSG, or OP_REPLY of servers before 3.6.
 * https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */
export function parseMongoReply(bytes: Uint8Array): Outcome<MongoReply> {
  const reader = new Reader(bytes);
  const length = reader.u32le();
  reader.skip(8);
  const code = reader.u32le();
  if (reader.overrun) return incomplete;
  if (length < 26 || length > 16_000 || (code !== 2013 && code !== 1)) return mismatch;
  const body = reader.view(length - 16);
  if (body.cut) return incomplete;
  body.skip(code === 2013 ? 4 : 20);
  if (code === 2013 && body.u8() !== 0) return mismatch;
  const values = new Map<string, string | number | boolean>();
  return readDocument(body, "", 0, values) && values.has("ok") ? match({ values, bytes: length }) : mismatch;
}

const maxValues = 200;

/** False if the document is not valid BSON, or has a type that does not occur in such replies. */
function readDocument(
  reader: Reader,
  path: string,
  depth: number,
  values: Map<string, string | number | boolean>,
): boolean {
  const document = reader.view(reader.u32le() - 4);
  if (reader.overrun || depth > 5) return false;
  while (document.remaining > 0) {
    const type = document.u8();
    if (type === 0) return document.remaining === 0;
    const name = document.cString(256);
    const key = path === "" ? name : `${path}.${name}`;
    const value = readValue(document, type, key, depth, values);
    if (value === undefined || document.overrun) return false;
    if (value !== null && values.size < maxValues) values.set(fact(key), value);
  }
  return false;
}

const skipped: Readonly<Record<number, number>> = { 6: 0, 7: 12, 9: 8, 10: 0, 17: 8, 19: 16 };

/** `null` for a value that is skipped, `undefined` for one that cannot be read. */
function readValue(
  document: Reader,
  type: number,
  key: string,
  depth: number,
  values: Map<string, string | number | boolean>,
): string | number | boolean | null | undefined {
  switch (type) {
    case 0x01: {
      const bytes = document.take(8);
      return bytes.length < 8 ? undefined : Buffer.from(bytes).readDoubleLE(0);
    }
    case 0x02: {
      const length = document.u32le();
      const text = document.text(length - 1);
      document.skip(1);
      return fact(text);
    }
    case 0x03:
    case 0x04:
      return readDocument(document, key, depth + 1, values) ? null : undefined;
    case 0x05:
      document.skip(document.u32le() + 1);
      return null;
    case 0x08:
      return document.u8() === 1;
    case 0x10:
      return document.u32le() | 0;
    case 0x12:
      return Number(document.u64le());
    default: {
      const size = skipped[type];
      if (size === undefined) return undefined;
      document.skip(size);
      return null;
    }
  }
}
