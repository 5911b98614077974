import { latin1 } from "../../../../wire/reader.ts";
import { parseRedisReply, redisInfo, redisInfoField, redisPing } from "../../../../wire/redis/server.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

/**
 * In protected mode the server refuses a client from another host unasked, and closes the connection: a PING may find it closed, but what came
 * before is there, or the beginning of it. https://redis.io/docs/latest/operate/oss_and_stack/management/security/
 */
function isDenial(opening: Uint8Array): boolean {
  return latin1(opening, 0, 14) === "-DENIED Redis ";
}

const denied = {
  protocol: "redis",
  product: "Redis",
  evidence: "-DENIED Redis is running in protected mode",
  judge: () => isProtected("refuses clients from other hosts (protected mode)"),
};

/** PING shows whether commands are accepted; then INFO shows the version. */
export const redis: ProtocolModule = {
  name: "redis",
  title: "Redis",
  ports: [6379, 6380],
  tlsPorts: [6380],
  proves: "exposed",
  complains: isDenial,
  async recognise(conversation) {
    const ping = await conversation.ask(redisPing, parseRedisReply);
    if (ping.kind !== "received" && isDenial(conversation.opening)) return denied;
    if (ping.kind !== "received" || ping.value.kind === "null") return undefined;
    const { kind, text } = ping.value;
    if (
      kind === "error" ? !/^(?:NOAUTH|DENIED|NOPERM|LOADING|MASTERDOWN|ERR|MISCONF|BUSY)\b/.test(text) : text !== "PONG"
    ) {
      return undefined;
    }
    const evidence = `${kind === "error" ? "-" : "+"}${text}`;
    if (kind === "error") {
      const refusal = /^(?:NOAUTH|NOPERM)\b/.test(text) || /operation not permitted|auth/i.test(text);
      return {
        protocol: "redis",
        product: "Redis",
        evidence,
        judge: () => {
          if (refusal) return isProtected("requires a password");
          if (text.startsWith("DENIED")) return denied.judge();
          return inconclusive(`answers PING with an error: ${text}`);
        },
      };
    }
    const info = await conversation.ask(redisInfo, parseRedisReply);
    const field = (name: string) =>
      info.kind === "received" && info.value.kind === "bulk" ? redisInfoField(info.value.text, name) : undefined;
    const valkey = field("valkey_version");
    const version = valkey ?? field("redis_version");
    return {
      protocol: "redis",
      product: valkey !== undefined ? "Valkey" : "Redis",
      version,
      evidence,
      judge: () => exposed("accepts commands without a password"),
    };
  },
};
