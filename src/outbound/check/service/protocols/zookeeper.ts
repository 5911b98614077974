import {
  parseZookeeperChildren,
  parseZookeeperSession,
  parseZookeeperSrvr,
  zookeeperChildren,
  zookeeperClose,
  zookeeperConnect,
  zookeeperSrvr,
} from "../../../../wire/zookeeper/server.ts";
import { converse } from "../../../probe/conversation.ts";
import { exposed, inconclusive, isProtected, type Judgement, type ProtocolModule } from "../protocol-module.ts";

/** KeeperException: NOAUTH, AUTHFAILED, SESSIONCLOSEDREQUIRESASLAUTH. */
const asking = new Set([-102, -115, -124]);

/** `srvr` shows the version where it is allowed; a session that can list the root proves that any client can read. */
export const zookeeper: ProtocolModule = {
  name: "zookeeper",
  title: "ZooKeeper",
  ports: [2181, 2281],
  tlsPorts: [2281],
  proves: "exposed",
  async recognise(conversation) {
    const word = await conversation.ask(zookeeperSrvr, parseZookeeperSrvr);
    if (word.kind !== "received") return undefined;
    const version = word.value.kind === "version" ? /^\d+(?:\.\d+)*/.exec(word.value.version)?.[0] : undefined;
    return {
      protocol: "zookeeper",
      product: "ZooKeeper",
      version,
      evidence: word.value.kind === "version" ? `srvr: ${word.value.version}` : word.value.text,
      async judge(): Promise<Judgement> {
        // The server closes after a four-letter word: the session needs a new connection.
        const opened = await converse({ host: conversation.host, port: conversation.port }, conversation.deadline, {
          tls: conversation.tls !== undefined,
        });
        if (opened.kind !== "open") return inconclusive("did not accept a second connection");
        using session = opened.conversation;
        const accepted = await session.ask(zookeeperConnect, parseZookeeperSession, ({ bytes }) => bytes);
        if (accepted.kind !== "received") return inconclusive("did not answer the request for a session");
        if (accepted.value.timeoutMs === 0) return isProtected("refuses a session");
        const children = await session.ask(zookeeperChildren, parseZookeeperChildren);
        session.send(zookeeperClose);
        if (children.kind === "closed") return isProtected("closes a session without authentication");
        if (children.kind !== "received") return inconclusive("accepts a session, but did not list the root");
        const { error, count } = children.value;
        if (error === 0) return exposed(`lists its root (${count} nodes) without authentication`);
        return asking.has(error) ? isProtected("requires authentication") : inconclusive(`answers with error ${error}`);
      },
    };
  },
};
