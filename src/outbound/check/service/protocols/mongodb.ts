import { mongoCommand, parseMongoReply } from "../../../../wire/server/mongodb.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

/** Codes of `Unauthorized` and `AuthenticationFailed`. */
const asking = new Set([13, 18]);

/** hello and buildInfo are answered to anybody; listDatabases only where nobody has to log in. */
export const mongodb: ProtocolModule = {
  name: "mongodb",
  title: "MongoDB",
  ports: [27017, 27018],
  proves: "exposed",
  async recognise(conversation) {
    const hello = await conversation.ask(mongoCommand("hello", 1), parseMongoReply);
    if (hello.kind !== "heard") return undefined;
    const build = await conversation.ask(mongoCommand("buildInfo", 2), parseMongoReply);
    const version = build.kind === "heard" ? build.value.values.get("version") : undefined;
    const wire = hello.value.values.get("maxWireVersion");
    return {
      protocol: "mongodb",
      product: "MongoDB",
      ...(typeof version === "string" && { version }),
      evidence: wire === undefined ? "answers hello" : `hello: maxWireVersion ${String(wire)}`,
      async judge() {
        const list = await conversation.ask(mongoCommand("listDatabases", 3), parseMongoReply);
        if (list.kind !== "heard") return inconclusive("did not answer listDatabases");
        const { values } = list.value;
        if (values.get("ok") === 1) {
          const databases = Array.from({ length: 20 }, (_, index) => values.get(`databases.${index}.name`)).filter(
            (name) => typeof name === "string",
          );
          return exposed("lists its databases without authentication", { details: { databases } });
        }
        const code = values.get("code");
        return typeof code === "number" && asking.has(code)
          ? isProtected("asks for authentication")
          : inconclusive(`answers listDatabases with error ${String(code ?? "")}`);
      },
    };
  },
};
