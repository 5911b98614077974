import {
  commonMetadataVersion,
  type KafkaApiVersions,
  type KafkaClusterMetadata,
  kafkaApiVersions0,
  kafkaApiVersions3,
  kafkaErrors,
  kafkaMetadata,
  kafkaSaslHandshake,
  parseKafkaApiVersions,
  parseKafkaMetadata,
  parseKafkaSaslHandshake,
} from "../../../wire/kafka/server.ts";
import type { Conversation } from "../../probe/conversation.ts";

/**
 * The few requests that recognise a Kafka broker (ApiVersions) and show whether it serves any client (Metadata). The behaviour of
 * the broker decides, not the text of a message.
 */

/** @returns `undefined` where the server is not a Kafka broker */
export async function askApiVersions(conversation: Conversation): Promise<KafkaApiVersions | undefined> {
  const newest = await conversation.ask(kafkaApiVersions3, (bytes) => parseKafkaApiVersions(bytes, 3));
  if (newest.kind !== "received") return undefined;
  if (newest.value.error !== kafkaErrors.unsupportedVersion) return newest.value;
  const oldest = await conversation.ask(kafkaApiVersions0, (bytes) => parseKafkaApiVersions(bytes, 0));
  return oldest.kind === "received" ? oldest.value : undefined;
}

/**
 * - `metadata`: it serves any client.
 * - `authentication`: it closed or refused without naming topics, like a listener with SASL.
 * - `silent`: it did not answer in time, or with something else.
 */
export type MetadataOutcome =
  | { readonly kind: "metadata"; readonly metadata: KafkaClusterMetadata }
  | { readonly kind: "authentication" }
  | { readonly kind: "silent" };

export async function askMetadata(conversation: Conversation, versions: KafkaApiVersions): Promise<MetadataOutcome> {
  const version = commonMetadataVersion(versions.apis);
  if (version === undefined) return { kind: "silent" };
  const answer = await conversation.ask(kafkaMetadata(version), (bytes) => parseKafkaMetadata(bytes, version));
  if (answer.kind === "received") {
    const metadata = answer.value;
    return metadata.topicError === kafkaErrors.saslAuthenticationFailed
      ? { kind: "authentication" }
      : { kind: "metadata", metadata };
  }
  return answer.kind === "closed" || answer.kind === "broken" ? { kind: "authentication" } : { kind: "silent" };
}

/** The SASL mechanisms that the listener accepts, on a new connection; empty where there are none. */
export async function askMechanisms(conversation: Conversation): Promise<readonly string[]> {
  const answer = await conversation.ask(kafkaSaslHandshake, parseKafkaSaslHandshake);
  return answer.kind === "received" ? answer.value.mechanisms : [];
}
