import { parse as parseGreeting } from "../../../../wire/greeting/parse.ts";
import { inconclusive, type ProtocolModule } from "../protocol-module.ts";
import { identityOf } from "./ssh.ts";

/** The broker sends its wire format; who may use it is known only after a login. */
export const openwire: ProtocolModule = {
  name: "openwire",
  title: "ActiveMQ (OpenWire)",
  ports: [61616],
  speaksFirst: true,
  proves: "inconclusive",
  async recognise(conversation) {
    const greeting = await conversation.receive(parseGreeting);
    if (greeting.kind !== "received" || greeting.value.protocol !== "openwire") return undefined;
    return {
      ...identityOf(greeting.value),
      evidence: `WireFormatInfo version ${greeting.value.protocolVersion ?? ""}`,
      judge: () => inconclusive("who may use the broker is known only after a login"),
    };
  },
};
