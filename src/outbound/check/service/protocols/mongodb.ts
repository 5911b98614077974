import {
  type MongoCommand,
  type MongoReply,
  mongoCommand,
  mongoQuery,
  parseMongoReply,
} from "../../../../wire/mongodb/server.ts";
import { type Conversation, converse } from "../../../probe/conversation.ts";
import {
  exposed,
  inconclusive,
  isProtected,
  type Judgement,
  type ProtocolModule,
  type Recognised,
} from "../protocol-module.ts";

/** Codes of `Unauthorized` and `AuthenticationFailed`. */
const asking = new Set([13, 18]);

/**
 * Servers answer hello and buildInfo to any client, and listDatabases only where no login is required. Servers before 3.6 close
 * the connection on current messages, and get the older ones.
 */
export const mongodb: ProtocolModule = {
  name: "mongodb",
  title: "MongoDB",
  ports: [27017, 27018],
  proves: "exposed",
  async recognise(conversation) {
    const hello = await conversation.ask(mongoCommand("hello", 1), parseMongoReply);
    if (hello.kind === "received") return await recognised(conversation, hello.value, mongoCommand);
    const closes = hello.kind === "closed" || hello.kind === "broken";
    return closes && conversation.opening.length === 0 ? await recogniseOld(conversation) : undefined;
  },
};

type Encode = (command: MongoCommand, requestId: number) => Uint8Array;

/** On a new connection, which is closed afterwards. */
async function recogniseOld({ host, port, deadline, tls }: Conversation): Promise<Recognised | undefined> {
  const opened = await converse({ host, port }, deadline, { tls: tls !== undefined });
  if (opened.kind !== "open") return undefined;
  using old = opened.conversation;
  const master = await old.ask(mongoQuery("isMaster", 1), parseMongoReply);
  if (master.kind !== "received") return undefined;
  const found = await recognised(old, master.value, mongoQuery);
  const judgement = await found.judge();
  return { ...found, judge: () => judgement };
}

async function recognised(conversation: Conversation, hello: MongoReply, encode: Encode): Promise<Recognised> {
  const build = await conversation.ask(encode("buildInfo", 2), parseMongoReply);
  const version = build.kind === "received" ? build.value.values.get("version") : undefined;
  const wire = hello.values.get("maxWireVersion");
  return {
    protocol: "mongodb",
    product: "MongoDB",
    version: typeof version === "string" ? version : undefined,
    evidence: wire === undefined ? "answers hello" : `hello: maxWireVersion ${String(wire)}`,
    judge: () => judge(conversation, encode),
  };
}

async function judge(conversation: Conversation, encode: Encode): Promise<Judgement> {
  const list = await conversation.ask(encode("listDatabases", 3), parseMongoReply);
  if (list.kind !== "received") return inconclusive("did not answer listDatabases");
  const { values } = list.value;
  if (values.get("ok") === 1) {
    const databases = Array.from({ length: 20 }, (_, index) => values.get(`databases.${index}.name`)).filter(
      (name) => typeof name === "string",
    );
    return exposed("lists its databases without authentication", { details: { databases } });
  }
  const code = values.get("code");
  // Before 2.6 errors had no codes.
  const refuses = typeof code === "number" ? asking.has(code) : /auth|login/i.test(String(values.get("errmsg")));
  return refuses
    ? isProtected("requires authentication")
    : inconclusive(`answers listDatabases with error ${String(code ?? "")}`);
}
