import { httpRequest, isTorSocks, parseSocks5Method, socks5Greeting } from "../../../../wire/socks5/server.ts";
import { type Conversation, converse } from "../../../probe/conversation.ts";
import { exposed, isProtected, type ProtocolModule, type Recognised } from "../protocol-module.ts";
import { askSocks4ToRelay, askSocks5ToRelay, judgementOfSocks, type SocksOutcome } from "../relay.ts";

/**
 * The greeting of SOCKS 5 shows whether the proxy accepts clients without a password, and a request to this machine whether it
 * relays. A server that closes on the greeting may speak SOCKS 4, which begins with that request.
 */
export const socks5: ProtocolModule = {
  name: "socks5",
  title: "SOCKS 5",
  ports: [1080, 9050, 9150],
  proves: "exposed",
  complains: isTorSocks,
  async recognise(conversation) {
    const answer = await conversation.ask(socks5Greeting, parseSocks5Method);
    if (answer.kind === "closed" || answer.kind === "broken") return await recogniseSocks4(conversation);
    if (answer.kind !== "received") return undefined;
    const { method } = answer.value;
    const isOfTor = await isTor(conversation);
    return {
      protocol: "socks5",
      product: isOfTor ? "Tor" : undefined,
      evidence: `method ${method}`,
      async judge() {
        // Tor never connects to private addresses, and closes the connections that its SocksPolicy refuses: tor(1).
        if (isOfTor && method === 0) return exposed("accepts clients without authentication into its network");
        const judgement =
          method === 0
            ? judgementOfSocks(5, await askSocks5ToRelay(conversation))
            : isProtected("accepts no client without authentication");
        if (judgement.verdict === "exposed") return judgement;
        // SOCKS 4 has no passwords, and may be open where SOCKS 5 is not.
        const older = await askSocks4(conversation);
        return older?.kind === "relays" ? judgementOfSocks(4, older) : judgement;
      },
    };
  },
};

async function recogniseSocks4(conversation: Conversation): Promise<Recognised | undefined> {
  const outcome = conversation.opening.length > 0 ? undefined : await askSocks4(conversation);
  if (outcome === undefined || outcome.kind === "unasked") return undefined;
  return {
    protocol: "socks4",
    evidence: outcome.kind === "refuses" ? `reply ${outcome.code}` : "reply 90",
    judge: () => judgementOfSocks(4, outcome),
  };
}

async function askSocks4({ host, port, deadline }: Conversation): Promise<SocksOutcome | undefined> {
  const opened = await converse({ host, port }, deadline, { tls: false });
  if (opened.kind !== "open") return undefined;
  using conversation = opened.conversation;
  return await askSocks4ToRelay(conversation);
}

/** Only Tor sends an explanation to a browser that is configured wrongly. */
async function isTor({ host, port, deadline }: Conversation): Promise<boolean> {
  const opened = await converse({ host, port }, deadline, { tls: false });
  if (opened.kind !== "open") return false;
  using asked = opened.conversation;
  asked.send(httpRequest);
  const { bytes } = await asked.collect((sofar) => sofar.length >= 64, 1000);
  return isTorSocks(bytes);
}
