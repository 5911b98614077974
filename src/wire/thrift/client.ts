import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** An Apache Thrift call. */
export interface ThriftCall {
  /** The name of the function. */
  readonly method: string;
  /** `call` or `oneway`. */
  readonly message: string;
  /** `binary` or `compact`. */
  readonly encoding: string;
  readonly framed?: boolean;
}

const messages: Readonly<Record<number, string>> = { 1: "call", 4: "oneway" };
const maxNameBytes = 128;
const maxFrameBytes = 16_777_216;

/**
 * Proof: a version with a message type, and a name of exactly its length. Apache Thrift,
 * doc/specs/thrift-binary-protocol.md, thrift-compact-protocol.md and thrift-rpc.md.
 */
export function parse(bytes: Uint8Array): Outcome<ThriftCall> {
  const reader = new Reader(bytes);
  if (reader.remaining === 0) return incomplete;
  const first = reader.peek();
  if (first === 0x80 || first === 0x82) return readMessage(reader);
  const frame = reader.u32();
  if (reader.overrun) return first === 0 ? incomplete : mismatch;
  if (frame < 8 || frame > maxFrameBytes) return mismatch;
  if (reader.remaining === 0) return incomplete;
  const body = reader.view(frame);
  const message = readMessage(body);
  return message.kind === "match" ? match({ ...message.value, framed: true }, message.complete && !body.cut) : message;
}

function readMessage(reader: Reader): Outcome<ThriftCall> {
  return reader.peek() === 0x80 ? readBinary(reader) : reader.peek() === 0x82 ? readCompact(reader) : mismatch;
}

/** 0x8001, an unused byte, the message type; the name; a sequence number. */
function readBinary(reader: Reader): Outcome<ThriftCall> {
  reader.u8();
  const version = reader.u8();
  if (reader.overrun) return { kind: reader.failed() };
  if (version !== 1) return mismatch;
  const unused = reader.u8();
  const message = messages[reader.u8()];
  if (reader.overrun) return unused === 0 ? { kind: reader.failed() } : mismatch;
  if (unused !== 0 || message === undefined) return mismatch;
  const length = reader.u32();
  if (reader.overrun) return { kind: reader.failed() };
  return readName(reader, { length, message, encoding: "binary", after: 4 });
}

/** 0x82, version 1 with the message type in the highest three bits; sequence number and length of the name, seven bits per byte. */
function readCompact(reader: Reader): Outcome<ThriftCall> {
  reader.u8();
  const second = reader.u8();
  if (reader.overrun) return { kind: reader.failed() };
  const message = messages[second >> 5];
  if ((second & 0x1f) !== 1 || message === undefined) return mismatch;
  for (let at = 0; at < 5 && reader.u8() >= 0x80; at++);
  const length = reader.u8();
  if (reader.overrun) return { kind: reader.failed() };
  return readName(reader, { length, message, encoding: "compact", after: 0 });
}

interface NameOptions {
  readonly length: number;
  readonly message: string;
  readonly encoding: string;
  /** Bytes after the name. */
  readonly after: number;
}

function readName(reader: Reader, { length, message, encoding, after }: NameOptions): Outcome<ThriftCall> {
  if (length === 0 || length > maxNameBytes) return mismatch;
  const name = reader.view(length);
  const method = name.latin1(name.remaining);
  if (!/^(?:[A-Za-z_][\w.:]*)?$/.test(method)) return mismatch;
  if (name.cut) return incomplete;
  reader.skip(after);
  // The arguments: at least their end marker.
  reader.u8();
  return reader.overrun ? { kind: reader.failed() } : match({ method, message, encoding });
}

export const thrift = protocol({
  name: "thrift",
  strength: "medium",
  firstBytes: oneOf(0x00, 0x80, 0x82),
  parse,
  describe: (value) => ({ thrift: { ...value } }),
});
