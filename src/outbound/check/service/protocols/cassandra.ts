import {
  cassandraOptions,
  cassandraReleaseIn,
  cassandraReleaseVersion,
  cassandraStartup,
  parseCassandraAnswer,
} from "../../../../wire/cassandra/server.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

const badCredentials = 0x0100;

/** OPTIONS recognises a node; STARTUP is answered by READY, or by AUTHENTICATE where a login is required. */
export const cassandra: ProtocolModule = {
  name: "cassandra",
  title: "Cassandra",
  ports: [9042],
  proves: "exposed",
  async recognise(conversation) {
    const options = await conversation.ask(cassandraOptions, parseCassandraAnswer);
    if (options.kind !== "received") return undefined;
    return {
      protocol: "cassandra",
      product: "Cassandra",
      evidence: `OPTIONS answered by ${options.value.kind.toUpperCase()}`,
      async judge() {
        const startup = await conversation.ask(cassandraStartup, parseCassandraAnswer);
        if (startup.kind !== "received") return inconclusive("did not answer STARTUP");
        const answer = startup.value;
        if (answer.kind === "authenticate") return isProtected(`requires authentication: ${answer.authenticator}`);
        if (answer.kind === "error") {
          return answer.code === badCredentials
            ? isProtected("refuses this client")
            : inconclusive(`answers STARTUP with an error: ${answer.text}`);
        }
        if (answer.kind !== "ready") return inconclusive("answered STARTUP with something else");
        const rows = await conversation.ask(cassandraReleaseVersion, (bytes) => {
          const outcome = parseCassandraAnswer(bytes);
          return outcome.kind === "match" && outcome.value.kind === "result"
            ? { ...outcome, value: cassandraReleaseIn(bytes.subarray(0, outcome.value.bytes)) }
            : outcome.kind === "match"
              ? { ...outcome, value: "" }
              : outcome;
        });
        const version = rows.kind === "received" ? rows.value : "";
        return exposed("is ready for queries without a login", version === "" ? {} : { version });
      },
    };
  },
};
