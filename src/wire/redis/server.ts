import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader } from "../reader.ts";

/** One reply of RESP. https://redis.io/docs/latest/develop/reference/protocol-spec/ */
export type RedisReply =
  | { readonly kind: "status"; readonly text: string }
  | { readonly kind: "error"; readonly text: string }
  | { readonly kind: "bulk"; readonly text: string }
  | { readonly kind: "null" };

export const redisPing = ascii("*1\r\n$4\r\nPING\r\n");
export const redisInfo = ascii("*2\r\n$4\r\nINFO\r\n$6\r\nserver\r\n");

/** The refusal in protected mode has more than a thousand. */
const maxLineBytes = 4096;
const maxBulkBytes = 8192;

/**
 * A status, an error or a text: the possible answers to PING and INFO. `bytes` is the length of the reply.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export function parseRedisReply(bytes: Uint8Array): Outcome<RedisReply & { readonly bytes: number }> {
  const kind = bytes[0];
  if (kind === undefined) return incomplete;
  if (kind !== 0x2b && kind !== 0x2d && kind !== 0x24) return mismatch;
  const reader = new Reader(bytes, 1);
  const line = reader.line(maxLineBytes);
  if (line === undefined) return reader.remaining < maxLineBytes ? incomplete : mismatch;
  if (kind === 0x2b) return match({ kind: "status", text: fact(line), bytes: reader.offset });
  // Errors begin with a word in capitals: ERR, NOAUTH, WRONGPASS, DENIED, NOPERM, LOADING, MASTERDOWN. POP3's `-ERR` is
  // distinguished by the greeting.
  if (kind === 0x2d) {
    return /^[A-Z]+ /.test(line) ? match({ kind: "error", text: fact(line), bytes: reader.offset }) : mismatch;
  }
  if (line === "-1") return match({ kind: "null", bytes: reader.offset });
  if (!/^\d{1,7}$/.test(line)) return mismatch;
  const length = Number(line);
  if (length > maxBulkBytes) return mismatch;
  const text = reader.latin1(length);
  reader.skip(2);
  return reader.overrun ? incomplete : match({ kind: "bulk", text, bytes: reader.offset });
}

/** A field of INFO's text: `redis_version:7.0.15`. */
export function redisInfoField(text: string, name: string): string | undefined {
  for (const line of text.split("\n")) {
    if (line.startsWith(`${name}:`)) return fact(line.slice(name.length + 1).trim());
  }
  return undefined;
}
