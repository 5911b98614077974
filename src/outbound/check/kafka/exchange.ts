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
 * The few requests that tell what a Kafka broker is and whom it serves, in the protocol itself: ApiVersions recognises it,
 * Metadata lists brokers and topics. The behaviour of the broker decides, not the text of a message.
 */

/** Names brokers by what they answer to ApiVersions; `undefined` where it is no Kafka. */
export async function askApiVersions(conversation: Conversation): Promise<KafkaApiVersions | undefined> {
  const newest = await conversation.ask(kafkaApiVersions3, (bytes) => parseKafkaApiVersions(bytes, 3));
  if (newest.kind !== "heard") return undefined;
  if (newest.value.error !== kafkaErrors.unsupportedVersion) return newest.value;
  const oldest = await conversation.ask(kafkaApiVersions0, (bytes) => parseKafkaApiVersions(bytes, 0));
  return oldest.kind === "heard" ? oldest.value : undefined;
}

/**
 * - `metadata`: it serves anybody.
 * - `authentication`: it closed, or refused, before it said anything about topics; a listener with SASL does that.
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
  if (answer.kind === "heard") {
    const { metadata } = { metadata: answer.value };
    // 58: the broker says that authentication failed.
    return metadata.topicError === kafkaErrors.saslAuthenticationFailed
      ? { kind: "authentication" }
      : { kind: "metadata", metadata };
  }
  return answer.kind === "closed" || answer.kind === "broken" ? { kind: "authentication" } : { kind: "silent" };
}

/** The SASL mechanisms that the listener takes, on a fresh connection; empty where it takes none. */
export async function askMechanisms(conversation: Conversation): Promise<readonly string[]> {
  const answer = await conversation.ask(kafkaSaslHandshake, parseKafkaSaslHandshake);
  return answer.kind === "heard" ? answer.value.mechanisms : [];
}
