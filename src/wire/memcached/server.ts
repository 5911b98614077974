import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader } from "../reader.ts";

/** Requests of the text protocol. https://github.com/memcached/memcached/blob/master/doc/protocol.txt */
export const memcachedVersion = ascii("version\r\n");
export const memcachedStats = ascii("stats\r\n");

export type MemcachedReply =
  | { readonly kind: "version"; readonly version: string }
  | { readonly kind: "error"; readonly text: string };

/** The answer to `version`. doc/protocol.txt, "version". */
export function parseMemcachedVersion(bytes: Uint8Array): Outcome<MemcachedReply> {
  const reader = new Reader(bytes);
  const line = reader.line(256);
  if (line === undefined) {
    const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 8)).toString("latin1");
    return bytes.length < 256 &&
      ["VERSION ", "ERROR\r\n", "CLIENT_E", "SERVER_E"].some((word) => word.startsWith(start))
      ? incomplete
      : mismatch;
  }
  const version = /^VERSION (\S+)/.exec(line)?.[1];
  if (version !== undefined) return match({ kind: "version", version: fact(version) });
  return /^(?:CLIENT_ERROR|SERVER_ERROR) /.test(line) ? match({ kind: "error", text: fact(line) }) : mismatch;
}

/** From the general statistics, lines such as `STAT curr_items 4711`. */
export interface MemcachedStats {
  readonly items?: number;
  /** The error that the server sent instead of statistics. */
  readonly error?: string;
}

/** The answer to `stats`. doc/protocol.txt, "Statistics". */
export function parseMemcachedStats(bytes: Uint8Array): Outcome<MemcachedStats> {
  const reader = new Reader(bytes);
  let items: number | undefined;
  for (let lines = 0; lines < 200; lines++) {
    const line = reader.line(512);
    if (line === undefined) return reader.remaining < 512 ? incomplete : mismatch;
    if (line === "END" && lines > 0) return match(items === undefined ? {} : { items });
    const stat = /^STAT (\S+) (.*)$/.exec(line);
    if (stat === null) return /^[A-Z_]*ERROR/.test(line) ? match({ error: fact(line) }) : mismatch;
    if (stat[1] === "curr_items" && /^\d{1,15}$/.test(stat[2] ?? "")) items = Number(stat[2]);
  }
  return mismatch;
}
