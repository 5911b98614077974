import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/**
 * The ping that nodes of Apache Ignite 2 send each other: a header of four bytes, then one object of Java's Object Serialization
 * Stream Protocol, section 6.4. The object has no fields, so all of them are null: the ping does not join and changes nothing.
 * https://github.com/apache/ignite (modules/core, org.apache.ignite.spi.discovery.tcp)
 */
const messages = "org.apache.ignite.spi.discovery.tcp.messages.";
const streamMagic = 0xaced;
const streamVersion = 5;
const object = 0x73;
const classDescription = 0x72;

/** A serializable class without fields, with serial version 0. */
function describeClass(name: string): number[] {
  const ascii = [...Buffer.from(messages + name, "latin1")];
  const serialVersion = [0, 0, 0, 0, 0, 0, 0, 0];
  const isSerializable = 2;
  const endOfData = 0x78;
  return [
    classDescription,
    ascii.length >> 8,
    ascii.length & 255,
    ...ascii,
    ...serialVersion,
    isSerializable,
    0,
    0,
    endOfData,
  ];
}

const noSuperclass = 0x70;

export const igniteDiscoveryPing = Uint8Array.of(
  ...[0, 0, 0x47, 0x47],
  ...[0xac, 0xed, 0, streamVersion, object],
  ...describeClass("TcpDiscoveryPingRequest"),
  ...describeClass("TcpDiscoveryAbstractMessage"),
  noSuperclass,
);

export interface IgniteDiscoveryAnswer {
  /** `TcpDiscoveryPingResponse` */
  readonly message: string;
}

/** The class of the object in the answer. Java Object Serialization Specification, section 6.4. */
export function parseIgniteDiscoveryAnswer(bytes: Uint8Array): Outcome<IgniteDiscoveryAnswer> {
  const reader = new Reader(bytes);
  const starts = [reader.u16() === streamMagic, reader.u16() === streamVersion, reader.u8() === object];
  const describes = reader.u8() === classDescription;
  if (reader.overrun) return startsLike(bytes) ? incomplete : mismatch;
  if (starts.includes(false) || !describes) return mismatch;
  const length = reader.u16();
  if (!reader.overrun && (length <= messages.length || length > 200)) return mismatch;
  const name = reader.latin1(length);
  if (reader.overrun) return incomplete;
  const message = name.slice(messages.length);
  return name.startsWith(messages) && /^\w+$/.test(message) ? match({ message }) : mismatch;
}

function startsLike(bytes: Uint8Array): boolean {
  const start = [0xac, 0xed, 0, streamVersion, object, classDescription];
  return bytes.every((byte, at) => byte === start[at]);
}
