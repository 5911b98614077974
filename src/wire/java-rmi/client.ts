import { isPlain, nonEmptyFact } from "../fact.ts";
import { readJavaStream } from "../java-serialization/client.ts";
import { match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The first bytes of a Java RMI client, which usually looks for a registry. */
export interface RmiStart {
  readonly version: number;
  /** `stream`, `single-operation`, `multiplex`. */
  readonly protocol: string;
  /** The client's own host name, if it does not wait for the server's answer. */
  readonly clientHost?: string | undefined;
  /** `call`, `ping`, `dgc-ack`. */
  readonly message?: string | undefined;
  /** The object called: `registry`, `activator`, `garbage-collector`, or a number. */
  readonly object?: string | undefined;
  /** Of a call to the registry or the garbage collector: `list`, `lookup`, `bind`, `dirty`. */
  readonly operation?: string | undefined;
  /** The class of the first object in the arguments. */
  readonly className?: string | undefined;
}

const magic = ascii("JRMI");
const protocols: Readonly<Record<number, string>> = { 75: "stream", 76: "single-operation", 77: "multiplex" };
const messages: Readonly<Record<number, string>> = { 80: "call", 82: "ping", 84: "dgc-ack" };
const objects: Readonly<Record<string, string>> = { "0": "registry", "1": "activator", "2": "garbage-collector" };
/** The operation numbers of the JDK 1.1 stubs, by object. */
const operations: Readonly<Record<string, readonly string[]>> = {
  registry: ["bind", "list", "lookup", "rebind", "unbind"],
  "garbage-collector": ["clean", "dirty"],
};

/** Proof: `JRMI`, a version and a sub-protocol. Java RMI Specification, section 10.2. */
export function parse(bytes: Uint8Array): Outcome<RmiStart> {
  const agreement = startsWith(bytes, magic);
  if (agreement !== "match") return { kind: agreement };
  const reader = new Reader(bytes, magic.length);
  const version = reader.u16();
  const protocol = protocols[reader.u8()];
  if (reader.overrun) return { kind: "incomplete" };
  if (version === 0 || version > 2 || protocol === undefined) return mismatch;
  const value = { version, protocol };
  if (reader.remaining === 0) return match(value);
  if (protocol === "single-operation") return readMessage(reader, value);
  const clientHost = reader.text(reader.u16());
  reader.skip(4);
  if (reader.overrun) return match(value, false);
  if (!isPlain(clientHost)) return mismatch;
  const known = { ...value, clientHost: nonEmptyFact(clientHost) };
  return reader.remaining === 0 ? match(known) : readMessage(reader, known);
}

/** A call: a stream whose raw data begins with the object's identifier, an operation and a hash. */
function readMessage(reader: Reader, known: RmiStart): Outcome<RmiStart> {
  const message = messages[reader.u8()];
  if (message === undefined) return mismatch;
  if (message !== "call") return match({ ...known, message });
  const call = { ...known, message };
  const stream = new Reader(reader.bytes, reader.offset, reader.end, reader.cut);
  const arguments_ = readJavaStream(stream);
  if (arguments_.kind === "mismatch") return mismatch;
  if (arguments_.kind === "incomplete") return match(call, false);
  reader.skip(4);
  const blockBytes = reader.peek() === 0x77 ? reader.peek(1) : 0;
  if (blockBytes < 34) return match(call, arguments_.complete);
  reader.skip(2);
  const number = reader.u64().toString();
  reader.skip(14);
  const operationNumber = reader.u32();
  if (reader.overrun) return match(call, false);
  const object = objects[number] ?? number;
  const operation = operations[object]?.[operationNumber];
  const { className } = arguments_.value;
  return match({ ...call, object, operation, className }, arguments_.complete);
}

export const javaRmi = protocol({
  name: "java-rmi",
  strength: "strong",
  firstBytes: anyOf("J"),
  parse,
  describe: (value) => ({ "java-rmi": { ...value } }),
});
