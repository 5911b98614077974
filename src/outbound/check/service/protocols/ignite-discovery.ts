import { igniteDiscoveryPing, parseIgniteDiscoveryAnswer } from "../../../../wire/ignite/discovery-server.ts";
import { inconclusive, type ProtocolModule } from "../protocol-module.ts";

/** The port on which nodes find each other. A ping recognises a node; joining the cluster is not tried. */
export const igniteDiscovery: ProtocolModule = {
  name: "ignite-discovery",
  title: "Apache Ignite (discovery)",
  ports: [47500],
  proves: "inconclusive",
  onUsualPortsOnly: true,
  async recognise(conversation) {
    const answer = await conversation.ask(igniteDiscoveryPing, parseIgniteDiscoveryAnswer);
    if (answer.kind !== "received") return undefined;
    return {
      protocol: "ignite-discovery",
      product: "Apache Ignite",
      evidence: answer.value.message,
      judge: () => inconclusive("answers a ping of another node; who may join the cluster is known only after joining"),
    };
  },
};
