import { parseStompAnswer, stompConnect, stompDisconnect } from "../../../../wire/stomp/server.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

/** CONNECT without login: CONNECTED lets any client in, ERROR does not. */
export const stomp: ProtocolModule = {
  name: "stomp",
  title: "STOMP",
  ports: [61613, 61614],
  tlsPorts: [61614],
  proves: "exposed",
  async recognise(conversation) {
    const answer = await conversation.ask(stompConnect, parseStompAnswer);
    if (answer.kind !== "heard") return undefined;
    const { command, server, message } = answer.value;
    if (command === "CONNECTED") conversation.say(stompDisconnect);
    const parts = server === undefined ? null : /^([^/\s]+)(?:\/(\S+))?/.exec(server);
    const product = parts?.[1];
    const version = parts?.[2];
    return {
      protocol: "stomp",
      product,
      version,
      evidence: message === undefined ? command : `${command} ${message}`,
      judge() {
        if (command === "CONNECTED") return exposed("accepts a client without a login");
        const told = message === undefined ? "" : `: ${message}`;
        return /version/i.test(message ?? "")
          ? inconclusive(`does not speak our version${told}`)
          : isProtected(`refuses a client without a login${told}`);
      },
    };
  },
};
