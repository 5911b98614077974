import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { latin1, Reader } from "../reader.ts";

/** The first request of a ZooKeeper client, or a four-letter word. */
export interface ZookeeperStart {
  /** A four-letter word, or `connect`. */
  readonly command: string;
  readonly timeoutMs?: number | undefined;
  readonly readOnly?: boolean | undefined;
}

/** ZooKeeper Administrator's Guide, "The Four Letter Words". */
const words: ReadonlySet<string> = new Set([
  "conf",
  "cons",
  "crst",
  "dump",
  "envi",
  "gtmk",
  "hash",
  "isro",
  "mntr",
  "ruok",
  "srst",
  "srvr",
  "stat",
  "stmk",
  "wchc",
  "wchp",
  "wchs",
]);
const initials: ReadonlySet<string> = new Set(Array.from(words, (word) => word.slice(0, 1)));

/** A four-letter word alone (ZooKeeper Administrator's Guide), or a ConnectRequest (zookeeper.jute). */
export function parse(bytes: Uint8Array): Outcome<ZookeeperStart> {
  return bytes[0] === 0 ? readConnect(new Reader(bytes)) : readWord(bytes);
}

/** Proof: one of the words, alone or with a line end. `stat` may be the beginning of the `stats` of memcached. */
function readWord(bytes: Uint8Array): Outcome<ZookeeperStart> {
  const word = latin1(bytes, 0, Math.min(bytes.length, 4));
  if (word.length < 4) {
    for (const known of words) if (known.startsWith(word)) return incomplete;
    return mismatch;
  }
  if (!words.has(word)) return mismatch;
  const rest = latin1(bytes, 4, Math.min(bytes.length, 8));
  if (rest === "") return match({ command: word }, word !== "stat");
  return /^\r?\n?$|^\r?\n\r?\n$/.test(rest) ? match({ command: word }) : mismatch;
}

const passwordBytes = 16;

/**
 * Proof: length 44 (45 with the read-only flag), version zero, a time-out, and the length of the password. ZooKeeper source,
 * zookeeper.jute: ConnectRequest.
 */
function readConnect(reader: Reader): Outcome<ZookeeperStart> {
  const length = reader.u32();
  if (reader.overrun) return reader.bytes.every((byte) => byte === 0) ? incomplete : mismatch;
  if (length !== 44 && length !== 45) return mismatch;
  const version = reader.u32();
  reader.u64();
  const timeoutMs = reader.u32();
  reader.u64();
  const passwordLength = reader.u32();
  if (reader.overrun) return incomplete;
  if (version !== 0 || timeoutMs > 86_400_000 || passwordLength !== passwordBytes) return mismatch;
  reader.skip(passwordBytes);
  const flag = length === 45 ? reader.u8() : 0;
  const value = { command: "connect", timeoutMs };
  if (reader.overrun) return match(value, false);
  return flag > 1 ? mismatch : match({ ...value, readOnly: flag === 1 ? true : undefined });
}

export const zookeeper = protocol({
  name: "zookeeper",
  strength: "medium",
  // A ConnectRequest begins with the high byte of a small length.
  firstBytes: anyOf(`\0${[...initials].join("")}`),
  parse,
  describe: (value) => ({ zookeeper: { ...value } }),
});
