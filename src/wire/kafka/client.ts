import { isPlain, isPrintableAscii } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";
import { apiKeys } from "./api-keys.ts";

/** The first request of a Kafka client. */
export interface KafkaRequest {
  /** `ApiVersions`, `Metadata`, `Produce`. */
  readonly api: string;
  readonly apiVersion: number;
  readonly clientId?: string | undefined;
  /** Of ApiVersions 3 and later: `apache-kafka-java 3.7.0`. */
  readonly software?: string | undefined;
  /** Of SaslHandshake: `SCRAM-SHA-256`. */
  readonly mechanism?: string | undefined;
}

const maxRequestBytes = 104_857_600;
// Clients count from zero or one; other protocols have text or a large number here.
const maxCorrelationId = 0xffffff;
const maxClientIdBytes = 249;

/**
 * Proof: a length, a known request in an existing version, a small correlation id, and a printable client id. Without a
 * client id only ApiVersions, Metadata and SaslHandshake match, and only if the body has exactly the right length.
 * https://kafka.apache.org/protocol.html#protocol_messages
 */
export function parse(bytes: Uint8Array): Outcome<KafkaRequest> {
  const reader = new Reader(bytes);
  const length = reader.u32();
  if (!reader.overrun && (length < 10 || length > maxRequestBytes)) return mismatch;
  const body = reader.view(length);
  const api = apiKeys.get(body.u16());
  if (body.overrun) return incomplete;
  if (api === undefined) return mismatch;
  const apiVersion = body.u16();
  const correlationId = body.u32();
  if (!body.overrun && (apiVersion > api.maxVersion || correlationId > maxCorrelationId)) return mismatch;
  const clientIdLength = body.u16();
  if (body.overrun) return incomplete;
  const isNamed = clientIdLength !== 0xffff && clientIdLength !== 0;
  if (isNamed && clientIdLength > maxClientIdBytes) return mismatch;
  const clientId = isNamed ? body.text(clientIdLength) : "";
  if (body.overrun) return { kind: body.failed() };
  if (!isPlain(clientId)) return mismatch;
  const value = { api: api.name, apiVersion, clientId: isNamed ? clientId : undefined };
  if (api.name === "ApiVersions") return readApiVersions(body, value);
  if (api.name === "SaslHandshake") return readSaslHandshake(body, value);
  if (api.name === "Metadata" && !isNamed) return readMetadata(body, value);
  return isNamed ? match(value, !body.cut) : mismatch;
}

/** From version 3 on: tagged fields of the header, the name and the version of the software, tagged fields. */
function readApiVersions(body: Reader, value: KafkaRequest): Outcome<KafkaRequest> {
  if (value.apiVersion < 3) return body.remaining === 0 ? match(value) : mismatch;
  const tags = body.u8();
  const name = compactText(body);
  const version = compactText(body);
  if (name === undefined || version === undefined) {
    return body.overrun && body.cut ? match(value, false) : mismatch;
  }
  if (tags !== 0 || !isPrintableAscii(name) || !isPrintableAscii(version)) return mismatch;
  return match({ ...value, software: `${name} ${version}` }, !body.cut);
}

/** A text after one byte with its length plus one: software names are never longer. */
function compactText(body: Reader): string | undefined {
  const length = body.u8() - 1;
  if (length < 0 || length > 126) return undefined;
  const text = body.latin1(length);
  return body.overrun ? undefined : text;
}

function readSaslHandshake(body: Reader, value: KafkaRequest): Outcome<KafkaRequest> {
  const mechanism = body.latin1(body.u16());
  if (body.overrun) return body.cut ? match(value, false) : mismatch;
  return /^[A-Z0-9_-]{3,40}$/.test(mechanism) && body.remaining === 0 ? match({ ...value, mechanism }) : mismatch;
}

/** Without a client id: a list of topics that may be empty (in version 0) or null, and up to three flags. */
function readMetadata(body: Reader, value: KafkaRequest): Outcome<KafkaRequest> {
  if (body.cut) return incomplete;
  const flags = value.apiVersion < 4 ? 0 : value.apiVersion < 8 ? 1 : 3;
  if (value.apiVersion > 8) return mismatch;
  const count = body.u32();
  const topics = count === 0xffffffff ? 0 : count;
  for (let topic = 0; topic < topics && !body.overrun; topic++) {
    const name = body.latin1(body.u16());
    if (name === "" || !isPrintableAscii(name)) return mismatch;
  }
  return !body.overrun && body.remaining === flags ? match(value) : mismatch;
}

export const kafka = protocol({
  name: "kafka",
  strength: "medium",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ kafka: { ...value } }),
});
