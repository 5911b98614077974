import * as z from "zod";
import type { CheckRequest } from "../../../core/check.ts";
import { safeText } from "../../../core/safe-text.ts";
import { plural } from "../../../present/text/plural.ts";
import type { KafkaClusterMetadata } from "../../../wire/kafka/server.ts";
import { type ConverseOutcome, converse } from "../../probe/conversation.ts";
import { Deadline } from "../../probe/deadline.ts";
import type { DialFailure } from "../../probe/dial.ts";
import type { CheckContext } from "../check-context.ts";
import { type CheckAnswer, defineCheck } from "../define-check.ts";
import { switchOption } from "../options.ts";
import { askApiVersions, askMechanisms, askMetadata } from "./exchange.ts";
import { distrustOf, handshakeText, trustFor } from "./kafka-tls.ts";

const options = z.object({
  tls: switchOption("use TLS; ca_certs/HOST-truststore.pem is trusted where it exists"),
});

const facts = z.object({
  accessible: z.boolean(),
  tls: z.boolean(),
  reason: z.string().optional(),
  clientCertificate: z.boolean().optional(),
  /** SASL mechanisms that the listener accepts. */
  mechanisms: z.array(z.string()).optional(),
  brokers: z.array(z.object({ id: z.number(), host: z.string(), port: z.number() })).optional(),
  topicCount: z.number().optional(),
  topics: z.array(z.string()).optional(),
});

type Answer = CheckAnswer<z.input<typeof facts>>;
type Request = CheckRequest<z.output<typeof options>>;

/**
 * Whether a Kafka broker can be used without authentication. Returns the counts of its brokers and topics, or the reason why
 * not. Two requests in the protocol itself: a client library has pools and retries, and its failures differ only by their texts.
 */
export const kafkaCheck = defineCheck({
  name: "kafka",
  description: "whether a Kafka broker can be used without authentication",
  passes:
    "passes where the service can be used without authentication (exit status 0, `passed: true`); where it is protected, or where neither is proved, it does not (exit status 1)",
  options,
  facts,
  sample: {
    words: "192.168.1.7 9092",
    output:
      "Kafka is accessible without authentication: 1 broker, 2 topics\nBroker 0: 192.168.1.7:9092\nTopics: orders, payments",
  },
  async run(request, signal, context) {
    using deadline = new Deadline(request.timeoutMs, signal);
    return await checkKafka(request, deadline, context);
  },
});

/** Room for the metadata of a few thousand topics; counts are read before names. */
const metadataBytes = 512 * 1024;
const shownTopics = 20;

async function checkKafka(request: Request, deadline: Deadline, context: CheckContext): Promise<Answer> {
  const { tls } = request.options;
  const trust = tls ? trustFor(request.host, context.directory) : undefined;
  if (trust?.kind === "unreadable") return failed(tlsFailed(trust.reason), { tls });
  const connect = () => converse(request, deadline, { tls, byteLimit: metadataBytes, context: trust?.context });
  const opened = await connect();
  if (opened.kind === "no-tls" && opened.failure.demandsCertificate) return certificateDemanded;
  if (opened.kind !== "open") return failed(unconnected(opened), { tls });
  using conversation = opened.conversation;
  const session = conversation.tls;
  const distrust = session && trust && distrustOf(session, trust.kind, request.host);
  if (distrust !== undefined) return failed(tlsFailed(distrust), { tls });
  const versions = await askApiVersions(conversation);
  if (conversation.demandsCertificate) return certificateDemanded;
  if (versions === undefined) return failed("Not a Kafka service", { tls });
  const outcome = await askMetadata(conversation, versions);
  if (outcome.kind === "metadata") return accessible(outcome.metadata, tls);
  if (outcome.kind === "silent") return failed("Not a Kafka service", { tls, reason: "no answer to Metadata" });
  const second = await connect();
  if (second.kind !== "open") return authenticationFailed({ tls });
  using other = second.conversation;
  return authenticationFailed({ tls, mechanisms: (await askMechanisms(other)).map((name) => safeText(name)) });
}

function authenticationFailed(found: Omit<Answer["facts"], "accessible">): Answer {
  return { ...failed("Authentication failed", found), verdict: "protected" };
}

/** Clients authenticate by a certificate. */
const certificateDemanded = authenticationFailed({ tls: true, clientCertificate: true });

function failed(output: string, found: Omit<Answer["facts"], "accessible">): Answer {
  return { passed: false, output, facts: { accessible: false, ...found } };
}

function accessible(metadata: KafkaClusterMetadata, tls: boolean): Answer {
  const { brokers, topicCount, topics } = metadata;
  const names = topics.slice(0, shownTopics).map((name) => safeText(name, { limit: 249 }));
  const more = topicCount - names.length;
  const lines = [
    `Kafka is accessible without authentication: ${plural(brokers.length, "broker")}, ${plural(topicCount, "topic")}`,
    ...brokers.slice(0, shownTopics).map(({ id, host, port }) => `Broker ${id}: ${safeText(host)}:${port}`),
    ...(names.length === 0 ? [] : [`Topics: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`]),
  ];
  return {
    passed: true,
    output: lines.join("\n"),
    verdict: "exposed",
    facts: {
      accessible: true,
      tls,
      brokers: brokers.map(({ id, host, port }) => ({ id, host: safeText(host), port })),
      topicCount,
      topics: topics.map((name) => safeText(name, { limit: 249 })),
    },
  };
}

function unconnected(outcome: Exclude<ConverseOutcome, { kind: "open" }>): string {
  return outcome.kind === "no-tls" ? tlsFailed(handshakeText(outcome.failure)) : dialText(outcome.failure);
}

function tlsFailed(reason: string): string {
  return `TLS connection failed - ${reason}`;
}

function dialText({ kind, reason }: DialFailure): string {
  if (kind === "closed") return "Connection refused - service not running";
  if (kind === "filtered") return "Connection timed out";
  return `Connection failed - ${reason}`;
}
