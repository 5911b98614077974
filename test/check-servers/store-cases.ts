import { igniteDiscoveryPing } from "../../src/wire/ignite/discovery-server.ts";
import { anyRequest, hexOf, type ProtocolCase, somethingElse, step } from "./protocol-case.ts";
import { bytes, type Script, text } from "./scripted-server.ts";

// ZooKeeper ConnectResponse: version, time-out, session, password.
const zookeeperConnect = bytes(
  `0000002d 00000000 ${"00".repeat(8)} 00002710 ${"00".repeat(8)} 00000010 ${"00".repeat(16)} 00`,
);
// Request 1 of type 8, getChildren of "/" without a watch.
const getChildren = bytes("0000000e 00000001 00000008 00000001 2f 00");
const zookeeperSession = bytes(`00000025 00000000 00002710 0123456789abcdef 00000010 ${"00".repeat(16)} 00`);
const zookeeperVersion = text(
  "Zookeeper version: 3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f, built on 2022-02-25\nMode: standalone\n",
);
const hazelcastMember: Script = { steps: [step(text("HZC"), text("HZC"))] };
const hazelcastRest = (answer: string): Script => ({
  steps: [step(/^GET \/hazelcast\/rest\/cluster HTTP\/1\.1\r\n[\s\S]*\r\n\r\n/, text(`HTTP/1.1 ${answer}`), true)],
});

/** Cases of key-value stores. */
export const storeCases: Readonly<Record<string, readonly ProtocolCase[]>> = {
  redis: [
    {
      title: "a server without a password",
      scripts: [
        {
          steps: [
            step(text("*1\r\n$4\r\nPING\r\n"), text("+PONG\r\n")),
            step(
              text("*2\r\n$4\r\nINFO\r\n$6\r\nserver\r\n"),
              text("$33\r\n# Server\r\nredis_version:7.0.15\r\n\r\n\r\n"),
            ),
          ],
        },
      ],
      verdict: "exposed",
      version: "7.0.15",
    },
    {
      title: "a server with a password",
      scripts: [{ steps: [step(text("*1\r\n$4\r\nPING\r\n"), text("-NOAUTH Authentication required.\r\n"))] }],
      verdict: "protected",
    },
    {
      title: "protected mode",
      scripts: [
        { steps: [step(text("*1\r\n$4\r\nPING\r\n"), text("-DENIED Redis is running in protected mode\r\n"), true)] },
      ],
      verdict: "protected",
    },
  ],
  memcached: [
    {
      title: "an open server",
      scripts: [
        {
          steps: [
            step(text("version\r\n"), text("VERSION 1.6.18\r\n")),
            step(text("stats\r\n"), text("STAT pid 1\r\nSTAT curr_items 3\r\nEND\r\n")),
          ],
        },
      ],
      verdict: "exposed",
      version: "1.6.18",
    },
    {
      title: "a server with an authentication file",
      scripts: [{ steps: [step(text("version\r\n"), text("CLIENT_ERROR unauthenticated\r\n"))] }],
      verdict: "protected",
    },
  ],
  zookeeper: [
    {
      title: "a server that lists its root",
      scripts: [
        { steps: [step(text("srvr"), zookeeperVersion, true)] },
        {
          steps: [
            step(zookeeperConnect, zookeeperSession),
            step(
              getChildren,
              bytes("00000021 00000001 0000000000000003 00000000 00000001 00000009 7a6f6f6b6565706572"),
            ),
          ],
        },
      ],
      verdict: "exposed",
      version: "3.8.0",
    },
    {
      title: "a server that closes sessions without authentication",
      scripts: [
        { steps: [step(text("srvr"), zookeeperVersion, true)] },
        {
          steps: [
            step(zookeeperConnect, zookeeperSession),
            step(getChildren, bytes("00000010 00000001 0000000000000003 ffffff84"), true),
          ],
        },
      ],
      verdict: "protected",
    },
  ],
  ignite: [
    {
      title: "a node without authentication",
      scripts: [{ steps: [step(bytes("0a000000 01 0100 0200 0000 02 65 65"), bytes("01000000 01"))] }],
      verdict: "exposed",
    },
    {
      title: "a node with authentication",
      scripts: [
        {
          steps: [
            step(
              bytes("0a000000 01 0100 0200 0000 02 65 65"),
              bytes(`1c000000 00 0100 0200 0000 09 0c000000 ${hexOf("Unauthorized")} d0070000`),
              true,
            ),
          ],
        },
      ],
      verdict: "protected",
    },
  ],
  "ignite-discovery": [
    {
      title: "a node that answers a ping",
      scripts: [
        {
          steps: [
            step(
              igniteDiscoveryPing,
              bytes(
                `aced 0005 73 72 0045 ${hexOf("org.apache.ignite.spi.discovery.tcp.messages.TcpDiscoveryPingResponse")} 0000000000000000 02 0001 5a 000c ${hexOf("clientExists")}`,
              ),
            ),
          ],
        },
      ],
      verdict: "inconclusive",
      product: "Apache Ignite",
    },
    somethingElse,
  ],
  hazelcast: [
    ...[
      ["a node that shows its members", "\nMembers {size:1, ver:1} [\n\tMember [10.0.0.5]:5701 - 1 this\n]\n"],
      ["a newer one", '{"members":[{"address":"[10.0.0.5]:5701","liteMember":false}],"connectionCount":1}'],
    ].map(
      ([title = "", body = ""]): ProtocolCase => ({
        title,
        scripts: [hazelcastMember, hazelcastRest(`200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)],
        verdict: "exposed",
      }),
    ),
    {
      title: "a node whose REST interface is off: it closes",
      scripts: [hazelcastMember, { steps: [step(anyRequest, undefined, true)] }],
      verdict: "inconclusive",
    },
    {
      title: "a node whose REST interface is forbidden",
      scripts: [hazelcastMember, hazelcastRest("403 Forbidden\r\nContent-Length: 0\r\n\r\n")],
      verdict: "inconclusive",
    },
    {
      title: "members of something else",
      scripts: [
        { steps: [step(text("HZC"), text("HZX"), true)] },
        hazelcastRest('200 OK\r\nContent-Length: 28\r\n\r\n{"members":[{"name":"Ann"}]}'),
      ],
      verdict: "inconclusive",
    },
    somethingElse,
  ],
};
