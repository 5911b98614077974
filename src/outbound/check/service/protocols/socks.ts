import { httpRequest, isTorSocks, parseSocks5Method, socks5Greeting } from "../../../../wire/server/socks.ts";
import { type Conversation, converse } from "../conversation.ts";
import { exposed, isProtected, type ProtocolModule } from "../protocol-module.ts";

/** The greeting alone: which method the proxy takes says whether anybody may use it. Nothing is relayed. */
export const socks5: ProtocolModule = {
  name: "socks5",
  title: "SOCKS 5",
  ports: [1080, 9050, 9150],
  proves: "exposed",
  complains: isTorSocks,
  async recognise(conversation) {
    const answer = await conversation.ask(socks5Greeting, parseSocks5Method);
    if (answer.kind !== "heard") return undefined;
    const { method } = answer.value;
    return {
      protocol: "socks5",
      ...((await isTor(conversation)) && { product: "Tor" }),
      evidence: `method ${method}`,
      judge: () =>
        method === 0
          ? exposed("takes clients without authentication")
          : isProtected("takes nobody without authentication"),
    };
  },
};

/** Tor alone explains itself to a browser that was set wrongly. */
async function isTor({ host, port, deadline }: Conversation): Promise<boolean> {
  const opened = await converse({ host, port }, deadline, { tls: false });
  if (opened.kind !== "open") return false;
  using asked = opened.conversation;
  asked.say(httpRequest);
  const { bytes } = await asked.collect((sofar) => sofar.length >= 64, 1000);
  return isTorSocks(bytes);
}
