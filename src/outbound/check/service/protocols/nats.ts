import { natsConnect, parseNatsAnswer, parseNatsInfo } from "../../../../wire/nats/server.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

/** INFO contains whether clients must authenticate; a CONNECT without credentials and a PING prove it. */
export const nats: ProtocolModule = {
  name: "nats",
  title: "NATS",
  ports: [4222],
  speaksFirst: true,
  proves: "exposed",
  async recognise(conversation) {
    const greeting = await conversation.receive(parseNatsInfo);
    if (greeting.kind !== "received") return undefined;
    const info = greeting.value;
    return {
      protocol: "nats",
      product: "nats-server",
      version: info.version,
      evidence: `INFO auth_required=${info.authRequired} tls_required=${info.tlsRequired}`,
      details: { authRequired: info.authRequired, tlsRequired: info.tlsRequired, jetStream: info.jetStream },
      async judge() {
        if (info.tlsRequired && conversation.tls === undefined) {
          const failure = await conversation.startTls();
          if (failure !== undefined) {
            return info.tlsVerify
              ? isProtected("requires a client certificate")
              : inconclusive(`requires TLS, which failed: ${failure.reason}`);
          }
        }
        const answer = await conversation.ask(natsConnect, parseNatsAnswer);
        if (answer.kind === "received") {
          return answer.value.kind === "pong"
            ? exposed("accepts a client without credentials")
            : isProtected(`refuses a client without credentials: ${answer.value.text}`);
        }
        if (info.tlsVerify) return isProtected("requires a client certificate");
        if (info.authRequired) return isProtected("requires credentials");
        return inconclusive("did not answer a client without credentials");
      },
    };
  },
};
