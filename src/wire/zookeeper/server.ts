import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader } from "../reader.ts";

/** The four letter word `srvr`. https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_4lw */
export const zookeeperSrvr = ascii("srvr");

export type ZookeeperWord =
  | { readonly kind: "version"; readonly version: string }
  /** The word is not allowed, or the server is not serving requests. */
  | { readonly kind: "refused"; readonly text: string };

/** The answer to `srvr`. ZooKeeper Administrator's Guide, "The Four Letter Words". */
export function parseZookeeperSrvr(bytes: Uint8Array): Outcome<ZookeeperWord> {
  const reader = new Reader(bytes);
  const line = reader.line(512);
  const text = line ?? reader.latin1(Math.min(reader.remaining, 512));
  const version = /^Zookeeper version: ([^\s,]+)/i.exec(text)?.[1];
  if (version !== undefined)
    return line === undefined ? incomplete : match({ kind: "version", version: fact(version) });
  if (/not executed because it is not in the whitelist|not currently serving requests/.test(text)) {
    return match({ kind: "refused", text: fact(text) });
  }
  const beginnings = ["Zookeeper version: ", "srvr is not executed", "This ZooKeeper instance"];
  return line === undefined && beginnings.some((word) => word.startsWith(text.slice(0, word.length)))
    ? incomplete
    : mismatch;
}

/** ConnectRequest: protocol 0, last zxid 0, time-out 10 s, no session, an empty password, not read-only. zookeeper.jute. */
export const zookeeperConnect = framed([
  ...[0, 0, 0, 0],
  ...[0, 0, 0, 0, 0, 0, 0, 0],
  ...[0, 0, 0x27, 0x10],
  ...[0, 0, 0, 0, 0, 0, 0, 0],
  ...[0, 0, 0, 16],
  ...new Array<number>(16).fill(0),
  0,
]);

/** getChildren of `/` without a watch, as request 1. */
export const zookeeperChildren = framed([0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 1, 0x2f, 0]);

/** closeSession as request 2. */
export const zookeeperClose = framed([0, 0, 0, 2, 0xff, 0xff, 0xff, 0xf5]);

function framed(body: readonly number[]): Uint8Array {
  return Uint8Array.of(0, 0, 0, body.length, ...body);
}

export interface ZookeeperSession {
  /** 0 if the session was refused. */
  readonly timeoutMs: number;
  readonly bytes: number;
}

/** ConnectResponse: protocol version, time-out, session id, password, and in newer servers a read-only flag. zookeeper.jute. */
export function parseZookeeperSession(bytes: Uint8Array): Outcome<ZookeeperSession> {
  const reader = new Reader(bytes);
  const length = reader.u32();
  if (reader.overrun) return incomplete;
  if (length < 36 || length > 37) return mismatch;
  const body = reader.view(length);
  const protocol = body.u32();
  const timeoutMs = body.u32();
  body.skip(8);
  const passwordLength = body.u32();
  if (body.cut) return incomplete;
  if (protocol !== 0 || passwordLength !== 16) return mismatch;
  return match({ timeoutMs, bytes: length + 4 });
}

export interface ZookeeperChildren {
  /** 0, or a code of KeeperException: -102 no authority, -124 session closed because authentication is required. */
  readonly error: number;
  readonly count: number;
}

/** The reply to {@link zookeeperChildren}: ReplyHeader, then the children. zookeeper.jute. */
export function parseZookeeperChildren(bytes: Uint8Array): Outcome<ZookeeperChildren> {
  const reader = new Reader(bytes);
  const length = reader.u32();
  const request = reader.u32();
  reader.skip(8);
  const error = reader.u32() | 0;
  if (reader.overrun) return incomplete;
  if (request !== 1 || length < 16 || length > 4_000_000) return mismatch;
  if (error !== 0) return match({ error, count: 0 });
  const count = reader.u32();
  return reader.overrun ? incomplete : match({ error, count });
}
