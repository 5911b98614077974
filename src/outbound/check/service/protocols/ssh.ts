import type { Greeting } from "../../../../wire/greeting/greeting.ts";
import { parse as parseGreeting } from "../../../../wire/greeting/parse.ts";
import type { Conversation } from "../../../probe/conversation.ts";
import { isProtected, type ProtocolModule, type Recognised } from "../protocol-module.ts";

/** Names in the greeting of Apache Karaf's remote console: the library that it uses. */
const karafLibrary = /sshd-core|apache-sshd/i;

/** Identification only: a key exchange and authentication always follow (RFC 4253, 4252). Port 8101 is Karaf's console. */
export const ssh: ProtocolModule = {
  name: "ssh",
  title: "SSH",
  ports: [22, 2222],
  speaksFirst: true,
  proves: "protected",
  recognise: recogniseSsh,
};

export const karaf: ProtocolModule = {
  name: "karaf",
  title: "Apache Karaf console (SSH)",
  ports: [8101],
  speaksFirst: true,
  proves: "protected",
  onUsualPortsOnly: true,
  async recognise(conversation) {
    const found = await recogniseSsh(conversation);
    if (found?.product === undefined || !karafLibrary.test(found.product)) return undefined;
    return { ...found, details: { console: "Apache Karaf, or another program made with Apache MINA SSHD" } };
  },
};

async function recogniseSsh(conversation: Conversation): Promise<Recognised | undefined> {
  const greeting = await conversation.receive(parseGreeting);
  if (greeting.kind !== "received" || greeting.value.protocol !== "ssh") return undefined;
  return { ...identityOf(greeting.value), judge: () => isProtected("a key exchange and authentication follow") };
}

/** The identity in a greeting. */
export function identityOf(greeting: Greeting): Omit<Recognised, "judge"> {
  const { protocol, product, version, text, protocolVersion } = greeting;
  return {
    protocol,
    product,
    version,
    evidence: text,
    details: protocolVersion === undefined ? undefined : { protocolVersion },
  };
}
