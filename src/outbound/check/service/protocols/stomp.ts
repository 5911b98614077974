import { parseStompAnswer, stompConnect, stompDisconnect } from "../../../../wire/stomp/server.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

/** CONNECT without login: CONNECTED accepts any client, ERROR does not. */
export const stomp: ProtocolModule = {
  name: "stomp",
  title: "STOMP",
  ports: [61613, 61614],
  tlsPorts: [61614],
  proves: "exposed",
  async recognise(conversation) {
    const answer = await conversation.ask(stompConnect, parseStompAnswer);
    if (answer.kind !== "received") return undefined;
    const { command, server, message } = answer.value;
    if (command === "CONNECTED") conversation.send(stompDisconnect);
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
        const shown = message === undefined ? "" : `: ${message}`;
        return /version/i.test(message ?? "")
          ? inconclusive(`does not speak our version${shown}`)
          : isProtected(`refuses a client without a login${shown}`);
      },
    };
  },
};
