import { converse } from "../../../probe/conversation.ts";
import { askApiVersions, askMechanisms, askMetadata } from "../../kafka/exchange.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

export const kafka: ProtocolModule = {
  name: "kafka",
  title: "Kafka",
  ports: [9092, 9093, 9094],
  proves: "exposed",
  async recognise(conversation) {
    const versions = await askApiVersions(conversation);
    if (versions === undefined) return undefined;
    return {
      protocol: "kafka",
      product: "Kafka",
      evidence: `ApiVersions: ${versions.apis.size} APIs`,
      async judge() {
        const outcome = await askMetadata(conversation, versions);
        if (outcome.kind === "metadata") {
          const { brokers, topicCount, topics } = outcome.metadata;
          return exposed(`lists ${topicCount} topics on ${brokers.length} brokers without authentication`, {
            details: { topicCount, brokerCount: brokers.length, topics: topics.slice(0, 20) },
          });
        }
        if (outcome.kind === "silent") return inconclusive("did not answer Metadata");
        const target = { host: conversation.host, port: conversation.port };
        const opened = await converse(target, conversation.deadline, { tls: conversation.tls !== undefined });
        if (opened.kind !== "open") return isProtected("closes a client without authentication");
        using other = opened.conversation;
        const mechanisms = await askMechanisms(other);
        return isProtected(
          mechanisms.length === 0
            ? "closes a client without authentication"
            : `requires authentication: ${mechanisms.join(", ")}`,
        );
      },
    };
  },
};
