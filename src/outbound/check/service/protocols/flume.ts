import { avroHandshake, flumeProtocol, parseAvroAnswer } from "../../../../wire/avro/server.ts";
import { exposed, inconclusive, type ProtocolModule } from "../protocol-module.ts";

/** An Avro source answers a handshake with its protocol; only TLS with client certificates restricts access. */
export const flume: ProtocolModule = {
  name: "flume",
  title: "Apache Flume (Avro source)",
  ports: [41414],
  proves: "exposed",
  onUsualPortsOnly: true,
  async recognise(conversation) {
    const answer = await conversation.ask(avroHandshake, parseAvroAnswer);
    if (answer.kind !== "received") return undefined;
    const { protocol } = answer.value;
    const isFlume = protocol === flumeProtocol;
    return {
      protocol: "avro",
      product: isFlume ? "Apache Flume" : undefined,
      evidence: `Avro protocol ${protocol}`,
      judge: () =>
        isFlume
          ? exposed("offers its methods to any client")
          : inconclusive(`offers ${protocol}, which is not Flume's`),
    };
  },
};
