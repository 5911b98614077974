import { firebirdConnect, parseFirebirdAnswer } from "../../../../wire/firebird/server.ts";
import { inconclusive, type ProtocolModule } from "../protocol-module.ts";

export const firebird: ProtocolModule = {
  name: "firebird",
  title: "Firebird",
  ports: [3050],
  proves: "inconclusive",
  /** op_response, without an object. */
  complains: (opening) => opening.length >= 16 && Buffer.from(opening.subarray(0, 16)).equals(response),
  async recognise(conversation) {
    const answer = await conversation.ask(firebirdConnect, parseFirebirdAnswer);
    if (answer.kind !== "received") return undefined;
    const { protocolVersion } = answer.value;
    return {
      protocol: "firebird",
      product: "Firebird",
      evidence: protocolVersion === undefined ? "requires a login first" : `version ${protocolVersion} of the protocol`,
      judge: () => inconclusive("whether a user has no password is known only after a login"),
    };
  },
};

const response = Buffer.from("00000009000000000000000000000000", "hex");
