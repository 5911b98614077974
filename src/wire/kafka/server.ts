import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** Requests and responses of Kafka. https://kafka.apache.org/protocol.html */

const apiMetadata = 3;
const apiSaslHandshake = 17;
const apiVersionsKey = 18;

/** Header version 1: key, version, correlation id, client id. In a flexible request tagged fields follow. */
function request(apiKey: number, apiVersion: number, correlationId: number, body: readonly number[], flexible = false) {
  const client = Buffer.from("harbinger", "latin1");
  const content = [
    ...[0, apiKey, 0, apiVersion, 0, 0, 0, correlationId],
    ...[0, client.length],
    ...client,
    ...(flexible ? [0] : []),
    ...body,
  ];
  return Uint8Array.of(0, 0, 0, content.length, ...content);
}

/** A compact string of `text`: its length plus one, then the bytes. */
function compact(text: string): readonly number[] {
  return [text.length + 1, ...Buffer.from(text, "latin1")];
}

/** ApiVersions 3. A server that does not support it answers in version 0 with error 35 (KIP-511). */
export const kafkaApiVersions3 = request(apiVersionsKey, 3, 1, [...compact("harbinger"), ...compact("1"), 0], true);
export const kafkaApiVersions0 = request(apiVersionsKey, 0, 2, []);

/** The supported versions of Metadata: 1, and the flexible 9 for servers that no longer support the old ones. */
export type MetadataVersion = 1 | 9;

/** Metadata of all topics; creates none. */
export function kafkaMetadata(version: MetadataVersion): Uint8Array {
  return version === 1
    ? request(apiMetadata, 1, 3, [0xff, 0xff, 0xff, 0xff])
    : request(apiMetadata, 9, 3, [0, 0, 0, 0, 0], true);
}

/** SaslHandshake 1 names a mechanism; the server answers with its list of mechanisms. This does not log in. */
export const kafkaSaslHandshake = request(apiSaslHandshake, 1, 4, [0, 5, ...Buffer.from("PLAIN", "latin1")]);

/** Error codes. https://kafka.apache.org/protocol.html#protocol_error_codes */
export const kafkaErrors = {
  unsupportedVersion: 35,
  unsupportedSaslMechanism: 33,
  saslAuthenticationFailed: 58,
} as const;

export interface KafkaApiVersions {
  readonly error: number;
  /** API key to the lowest and the highest version. */
  readonly apis: ReadonlyMap<number, readonly [number, number]>;
}

/** ApiVersions response. @param version of the response: 0 or 3. https://kafka.apache.org/protocol.html#The_Messages_ApiVersions */
export function parseKafkaApiVersions(bytes: Uint8Array, version: 0 | 3): Outcome<KafkaApiVersions> {
  const opened = openResponse(bytes, version === 3 ? 1 : 2);
  if (opened.kind !== "match") return opened;
  const body = opened.value;
  if (body.cut) return incomplete;
  const error = body.u16();
  // The answer to an unknown version has version 0.
  const flexible = version === 3 && error !== kafkaErrors.unsupportedVersion;
  const count = flexible ? varint(body) - 1 : body.u32();
  if (body.overrun || error > 200 || count < 0 || count > 500) return mismatch;
  const apis = new Map<number, readonly [number, number]>();
  for (let index = 0; index < count; index++) {
    const key = body.u16();
    apis.set(key, [body.u16(), body.u16()]);
    if (flexible) skipTags(body);
  }
  if (body.overrun) return mismatch;
  return apis.has(apiVersionsKey) || error !== 0 ? match({ error, apis }) : mismatch;
}

/** The version of Metadata to request; `undefined` if there is no common one. */
export function commonMetadataVersion(apis: KafkaApiVersions["apis"]): MetadataVersion | undefined {
  const range = apis.get(apiMetadata);
  const [lowest, highest] = range ?? [0, 1];
  return lowest <= 1 && highest >= 1 ? 1 : lowest <= 9 && highest >= 9 ? 9 : undefined;
}

interface KafkaBroker {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

export interface KafkaClusterMetadata {
  readonly brokers: readonly KafkaBroker[];
  /** All topics of the response; `topics` names only the first ones. */
  readonly topicCount: number;
  readonly topics: readonly string[];
  /** Error code of the first topic that may not be read. */
  readonly topicError?: number | undefined;
}

const maxNamed = 100;

/**
 * Metadata response. https://kafka.apache.org/protocol.html#The_Messages_Metadata
 * @returns an incomplete match if the topics continue after the bytes
 */
export function parseKafkaMetadata(bytes: Uint8Array, version: MetadataVersion): Outcome<KafkaClusterMetadata> {
  const opened = openResponse(bytes, 3);
  if (opened.kind !== "match") return opened;
  const body = opened.value;
  const flexible = version === 9;
  if (flexible) {
    skipTags(body);
    body.skip(4);
  }
  const brokers: KafkaBroker[] = [];
  const brokerCount = arrayLength(body, flexible);
  if (!body.overrun && (brokerCount < 0 || brokerCount > 10_000)) return mismatch;
  for (let index = 0; index < brokerCount && !body.overrun; index++) {
    const id = body.u32();
    const host = text(body, flexible);
    const port = body.u32();
    text(body, flexible);
    if (flexible) skipTags(body);
    if (!body.overrun && port > 65_535) return mismatch;
    if (!body.overrun && brokers.length < maxNamed) brokers.push({ id, host: fact(host), port });
  }
  if (flexible) text(body, true);
  body.skip(4);
  const topicCount = arrayLength(body, flexible);
  if (body.overrun) return { kind: body.failed() };
  if (topicCount < 0 || topicCount > 10_000_000) return mismatch;
  const topics: string[] = [];
  let topicError: number | undefined;
  while (topics.length < Math.min(topicCount, maxNamed)) {
    const topic = readTopic(body, flexible);
    if (body.overrun) break;
    topics.push(fact(topic.name));
    if (topic.error !== 0) topicError ??= topic.error;
  }
  const value = { brokers, topicCount, topics, topicError };
  if (body.overrun && !body.cut) return mismatch;
  return match(value, !body.cut);
}

function readTopic(body: Reader, flexible: boolean): { readonly name: string; readonly error: number } {
  const error = body.u16();
  const name = text(body, flexible);
  body.skip(1);
  const partitions = arrayLength(body, flexible);
  for (let index = 0; index < partitions && !body.overrun; index++) {
    body.skip(2 + 4 + 4 + (flexible ? 4 : 0));
    for (let lists = 0; lists < (flexible ? 3 : 2); lists++) body.skip(4 * Math.max(0, arrayLength(body, flexible)));
    if (flexible) skipTags(body);
  }
  if (flexible) {
    body.skip(4);
    skipTags(body);
  }
  return { name, error };
}

export interface KafkaMechanisms {
  readonly error: number;
  readonly mechanisms: readonly string[];
}

/** https://kafka.apache.org/protocol.html#The_Messages_SaslHandshake */
export function parseKafkaSaslHandshake(bytes: Uint8Array): Outcome<KafkaMechanisms> {
  const opened = openResponse(bytes, 4);
  if (opened.kind !== "match") return opened;
  const body = opened.value;
  if (body.cut) return incomplete;
  const error = body.u16();
  const count = body.u32();
  if (body.overrun || count > 64) return mismatch;
  const mechanisms = Array.from({ length: count }, () => fact(text(body, false)));
  return body.overrun ? mismatch : match({ error, mechanisms });
}

/** The body of the response to `correlationId`; cut if it has not arrived completely. */
function openResponse(bytes: Uint8Array, correlationId: number): Outcome<Reader> {
  const reader = new Reader(bytes, 0, bytes.length);
  const length = reader.u32();
  if (reader.overrun) return incomplete;
  if (length < 6 || length > 100_000_000) return mismatch;
  const body = reader.view(length);
  const correlation = body.u32();
  if (body.overrun) return incomplete;
  return correlation === correlationId ? match(body) : mismatch;
}

function arrayLength(body: Reader, flexible: boolean): number {
  if (flexible) return varint(body) - 1;
  const length = body.u32();
  return length === 0xffffffff ? -1 : length;
}

/** A text; null counts as empty. */
function text(body: Reader, flexible: boolean): string {
  const length = flexible ? varint(body) - 1 : body.u16();
  return length <= 0 || (!flexible && length === 0xffff) ? "" : body.text(length);
}

function skipTags(body: Reader): void {
  const count = varint(body);
  for (let index = 0; index < count && !body.overrun; index++) {
    varint(body);
    body.skip(varint(body));
  }
}

function varint(body: Reader): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = body.u8();
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  body.skip(-1);
  return 0;
}
