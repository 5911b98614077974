import {
  amqpClose,
  amqpHeader,
  amqpStartAnonymous,
  parseAmqpLogin,
  parseAmqpStart,
} from "../../../../wire/amqp/server.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

/** Connection.Start lists the login mechanisms; where ANONYMOUS is among them, it is tried. */
export const amqp: ProtocolModule = {
  name: "amqp",
  title: "AMQP",
  ports: [5672, 5671],
  tlsPorts: [5671],
  proves: "exposed",
  async recognise(conversation) {
    const answer = await conversation.ask(amqpHeader, parseAmqpStart);
    if (answer.kind !== "received") return undefined;
    const start = answer.value;
    if (start.kind === "other-version") {
      return {
        protocol: "amqp",
        evidence: `AMQP ${start.version}`,
        judge: () => inconclusive(`speaks AMQP ${start.version}, not 0-9-1`),
      };
    }
    return {
      protocol: "amqp",
      product: start.product,
      version: start.version,
      evidence: `Connection.Start, mechanisms ${start.mechanisms.join(" ")}`,
      details: { mechanisms: start.mechanisms },
      async judge() {
        if (!start.mechanisms.includes("ANONYMOUS")) return isProtected("requires authentication");
        const login = await conversation.ask(amqpStartAnonymous, parseAmqpLogin);
        if (login.kind === "received" && login.value.kind === "tune") {
          conversation.send(amqpClose);
          return exposed("accepts an anonymous client");
        }
        // A refused client is often only disconnected (AMQP 0-9-1, 2.2.4).
        if (login.kind === "received" || login.kind === "closed") return isProtected("refuses an anonymous client");
        return inconclusive("offers ANONYMOUS, but did not answer it");
      },
    };
  },
};
