import {
  memcachedStats,
  memcachedVersion,
  parseMemcachedStats,
  parseMemcachedVersion,
} from "../../../../wire/memcached/server.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

/** The text protocol has users only where an authentication file is configured; then `version` and `stats` are refused. */
export const memcached: ProtocolModule = {
  name: "memcached",
  title: "Memcached",
  ports: [11211],
  proves: "exposed",
  async recognise(conversation) {
    const answer = await conversation.ask(memcachedVersion, parseMemcachedVersion);
    if (answer.kind !== "received") return undefined;
    const reply = answer.value;
    if (reply.kind === "error") {
      return {
        protocol: "memcached",
        evidence: reply.text,
        judge: () =>
          /unauthenticated|authentication/i.test(reply.text)
            ? isProtected("requires authentication")
            : inconclusive(`answers with an error: ${reply.text}`),
      };
    }
    return {
      protocol: "memcached",
      product: "Memcached",
      version: reply.version,
      evidence: `VERSION ${reply.version}`,
      async judge() {
        const stats = await conversation.ask(memcachedStats, parseMemcachedStats);
        if (stats.kind !== "received") return inconclusive("shows its version, but not its statistics");
        const { error, items } = stats.value;
        if (error !== undefined) {
          return /unauthenticated|authentication/i.test(error)
            ? isProtected("requires authentication")
            : inconclusive(`answers stats with an error: ${error}`);
        }
        return exposed(
          "shows its statistics without authentication",
          items === undefined ? {} : { details: { items } },
        );
      },
    };
  },
};
