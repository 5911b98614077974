import { hazelcastHello, parseHazelcastAnswer } from "../../../../wire/hazelcast/server.ts";
import { latin1 } from "../../../../wire/reader.ts";
import { converse } from "../../../probe/conversation.ts";
import { askHttp } from "../../../probe/http-exchange.ts";
import { exposed, inconclusive, type ProtocolModule } from "../protocol-module.ts";

/** The list of members: text up to version 3, JSON since. */
function listsMembers(text: string): boolean {
  if (/^\s*Members (?:\{size:|\[)\d+/.test(text)) return true;
  return /"members"\s*:\s*\[/.test(text) && /"(?:liteMember|connectionCount)"/.test(text);
}

/**
 * The greeting of a member recognises a node. Its REST interface, where it is enabled, lists the members for any client. Joining
 * the cluster needs its name, and is not tried.
 */
export const hazelcast: ProtocolModule = {
  name: "hazelcast",
  title: "Hazelcast",
  ports: [5701],
  proves: "exposed",
  onUsualPortsOnly: true,
  async recognise(conversation) {
    const answer = await conversation.ask(hazelcastHello, parseHazelcastAnswer);
    if (answer.kind !== "received") return undefined;
    return {
      protocol: "hazelcast",
      product: "Hazelcast",
      evidence: answer.value === "member" ? "HZC" : "HZX",
      async judge() {
        const target = { host: conversation.host, port: conversation.port };
        const opened = await converse(target, conversation.deadline, { tls: conversation.tls !== undefined });
        if (opened.kind !== "open") return inconclusive("did not accept a second connection");
        using rest = opened.conversation;
        const cluster = await askHttp(rest, { path: "/hazelcast/rest/cluster" });
        if (cluster.kind === "received" && cluster.value.status === 200 && listsMembers(latin1(cluster.value.body))) {
          return exposed("shows its members without authentication");
        }
        return inconclusive("does not show its members by REST; who may join is known only after joining");
      },
    };
  },
};
