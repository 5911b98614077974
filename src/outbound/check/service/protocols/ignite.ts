import { igniteAuthenticationFailed, igniteHandshake, parseIgniteAnswer } from "../../../../wire/ignite/server.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

/** The handshake of a thin client without user and password. */
export const ignite: ProtocolModule = {
  name: "ignite",
  title: "Apache Ignite (thin client)",
  ports: [10800],
  proves: "exposed",
  onUsualPortsOnly: true,
  async recognise(conversation) {
    const answer = await conversation.ask(igniteHandshake, parseIgniteAnswer);
    if (answer.kind !== "received") return undefined;
    const { value } = answer;
    if (value.kind === "accepted") {
      return {
        protocol: "ignite",
        product: "Apache Ignite",
        evidence: "handshake accepted",
        judge: () => exposed("accepts a client without a login"),
      };
    }
    return {
      protocol: "ignite",
      product: "Apache Ignite",
      evidence: `handshake refused: ${value.text}`,
      judge: () =>
        value.status === igniteAuthenticationFailed
          ? isProtected("requires authentication")
          : inconclusive(`refuses the handshake (it speaks ${value.protocolVersion})`),
    };
  },
};
