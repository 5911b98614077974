import { readCommandLine, readWholeCommandLine } from "../command-line.ts";
import { fact, nonEmptyList } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, initialsOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";
import { redisSecrets } from "./secrets.ts";

/** The first command of a Redis client. Secrets are not included: the arguments of AUTH are `***`. */
export interface RedisCommand {
  /** Upper case: `CONFIG`. */
  readonly command: string;
  /** The first argument; all of them (at most 8) for commands whose arguments are only names: `SLAVEOF`. */
  readonly arguments?: readonly string[] | undefined;
  /** The user in AUTH or HELLO. */
  readonly user?: string | undefined;
  /** Further commands in the same bytes, at most 15. */
  readonly following?: readonly string[] | undefined;
}

/**
 * A RESP array or an inline command.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export function parse(bytes: Uint8Array): Outcome<RedisCommand> {
  return bytes[0] === 0x2a ? parseResp(bytes) : parseInline(bytes);
}

const maxCommands = 16;

/**
 * Proof: `*<count>\r\n$<length>\r\n` and a word of exactly that length.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/#arrays
 */
export function parseResp(bytes: Uint8Array): Outcome<RedisCommand> {
  const reader = new Reader(bytes);
  const first = readArray(reader);
  if (first.kind !== "match") return first;
  const { command, values } = first.value;
  const shown = shownArguments(command, values);
  const value = { command, arguments: nonEmptyList(shown), ...userOf(command, values) };
  if (!first.complete) return match(value, false);
  const following: string[] = [];
  let complete = true;
  while (reader.remaining > 0 && following.length < maxCommands - 1) {
    const next = readArray(reader);
    if (next.kind !== "match") {
      complete = next.kind === "mismatch";
      break;
    }
    following.push(next.value.command);
    complete = next.complete;
  }
  return match({ ...value, following: nonEmptyList(following) }, complete);
}

interface RedisArray {
  readonly command: string;
  /** The first arguments that have arrived completely. */
  readonly values: readonly string[];
}

function readArray(reader: Reader): Outcome<RedisArray> {
  const count = readCount(reader, 0x2a, 7);
  if (count.kind !== "match") return count;
  if (count.value === 0) return mismatch;
  const length = readCount(reader, 0x24, 2);
  if (length.kind !== "match") return length;
  const text = reader.view(length.value);
  const arrived = text.latin1(text.remaining);
  if (!/^[A-Za-z][A-Za-z0-9.|_-]*$/.test(arrived)) return arrived === "" && text.cut ? incomplete : mismatch;
  if (text.cut) return incomplete;
  const end = readLineEnd(reader);
  if (end !== "match") return { kind: end };
  const command = arrived.toUpperCase();
  const values: string[] = [];
  for (let at = 1; at < count.value; at++) {
    const size = readCount(reader, 0x24, 9);
    if (size.kind !== "match") return size.kind === "mismatch" ? mismatch : match({ command, values }, false);
    const argument = reader.view(size.value);
    if (argument.cut) return match({ command, values }, false);
    if (values.length < 8) values.push(fact(argument.text(argument.remaining)));
    const ending = readLineEnd(reader);
    if (ending !== "match") return ending === "mismatch" ? mismatch : match({ command, values }, false);
  }
  return match({ command, values });
}

/** `<marker><digits>\r\n`. */
function readCount(reader: Reader, marker: number, maxDigits: number): Outcome<number> {
  if (reader.remaining === 0) return incomplete;
  if (reader.u8() !== marker) return mismatch;
  let count = 0;
  let digits = 0;
  for (;;) {
    const digit = reader.peek() - 0x30;
    if (digit < 0 || digit > 9) break;
    if (++digits > maxDigits) return mismatch;
    count = count * 10 + reader.u8() - 0x30;
  }
  if (reader.remaining === 0) return incomplete;
  if (digits === 0) return mismatch;
  const end = readLineEnd(reader);
  return end === "match" ? match(count) : { kind: end };
}

function readLineEnd(reader: Reader): "match" | "incomplete" | "mismatch" {
  for (const expected of [0x0d, 0x0a]) {
    if (reader.remaining === 0) return "incomplete";
    if (reader.u8() !== expected) return "mismatch";
  }
  return "match";
}

// The form of each command's arguments. A word alone proves little: people type HELLO at any port, and DICT begins with
// `CLIENT libcurl`. GET, SET, INCR, ECHO, TYPE, TIME and the like are missing: memcached, HTTP and FTP have them too.
const inlineForms: ReadonlyMap<string, RegExp> = new Map([
  ["ACL", /^(?:CAT|DELUSER|DRYRUN|GENPASS|GETUSER|LIST|LOAD|LOG|SAVE|SETUSER|USERS|WHOAMI)\b/i],
  ["AUTH", /^\S+(?:\s+\S+)?$/],
  ["BGREWRITEAOF", /^$/],
  ["BGSAVE", /^(?:SCHEDULE)?$/i],
  [
    "CLIENT",
    /^(?:CACHING|GETNAME|GETREDIR|ID|INFO|KILL|LIST|NO-EVICT|NO-TOUCH|PAUSE|REPLY|SET(?:INFO|NAME)|TRACKING)\b/i,
  ],
  ["CLUSTER", /^(?:COUNTKEYSINSLOT|FAILOVER|FORGET|GETKEYSINSLOT|INFO|LINKS|MEET|MYID|NODES|RESET|SHARDS|SLOTS)\b/i],
  ["COMMAND", /^(?:COUNT|DOCS|GETKEYS|INFO|LIST)?(?:\s|$)/i],
  ["CONFIG", /^(?:GET|RESETSTAT|REWRITE|SET)\b/i],
  ["DBSIZE", /^$/],
  ["EVAL", /^\S.*\s\d+(?:\s|$)/],
  ["FLUSHALL", /^(?:A?SYNC)?$/i],
  ["FLUSHDB", /^(?:A?SYNC)?$/i],
  ["HELLO", /^[23](?:\s|$)/],
  ["INFO", /^[\w\s-]*$/],
  ["KEYS", /^\S+$/],
  ["LASTSAVE", /^$/],
  ["MODULE", /^(?:LIST|LOAD|LOADEX|UNLOAD)\b/i],
  ["MONITOR", /^$/],
  // `PING :server` is IRC.
  ["PING", /^(?:[^\s:]\S*|".*")?$/],
  ["PSYNC", /^\S+\s+-?\d+$/],
  ["REPLCONF", /^(?:ACK|CAPA|GETACK|IP-ADDRESS|LISTENING-PORT|RDB-[A-Z-]+|VERSION)\b/i],
  ["REPLICAOF", /^(?:NO\s+ONE|\S+\s+\d+)$/i],
  ["SCAN", /^\d+(?:\s|$)/],
  ["SCRIPT", /^(?:DEBUG|EXISTS|FLUSH|KILL|LOAD|SHOW)\b/i],
  ["SELECT", /^\d+$/],
  ["SLAVEOF", /^(?:NO\s+ONE|\S+\s+\d+)$/i],
  ["SLOWLOG", /^(?:GET|LEN|RESET)\b/i],
]);
const inlineCommands: ReadonlySet<string> = new Set(inlineForms.keys());

// `AUTH TLS` is FTP, `AUTH PLAIN` is SMTP.
const mechanisms = /^(?:TLS|SSL|TLS-[CP]|PLAIN|LOGIN|CRAM-MD5|DIGEST-MD5|GSSAPI|NTLM|EXTERNAL|XOAUTH2|SCRAM-\S+)\b/i;

const natsVerbs: ReadonlySet<string> = new Set(["CONNECT", "PUB", "SUB"]);

/**
 * Weak: a line with a Redis command and valid arguments.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/#inline-commands
 */
export function parseInline(bytes: Uint8Array): Outcome<RedisCommand> {
  const reader = new Reader(bytes);
  const first = readWholeCommandLine(reader, inlineCommands);
  if (first.kind !== "match") return first;
  const { verb, argument } = first.value;
  if (inlineForms.get(verb)?.test(argument) !== true) return mismatch;
  if (verb === "AUTH" && mechanisms.test(argument)) return mismatch;
  if (/(?: (?:HTTP|RTSP|SIP)|^SPAMC)\/\d/.test(argument)) return mismatch;
  // NATS may begin with PING too, but its own verbs follow.
  if (verb === "PING" && readCommandLine(new Reader(bytes, reader.offset), natsVerbs).kind === "match") return mismatch;
  const words = argument === "" ? [] : argument.split(/\s+/, 8);
  const shown = shownArguments(
    verb,
    words.map((word) => fact(word)),
  );
  const following: string[] = [];
  while (reader.remaining > 0 && following.length < maxCommands - 1) {
    const next = readCommandLine(reader, inlineCommands);
    if (next.kind !== "match" || !next.value.ended) break;
    following.push(next.value.verb);
  }
  return match({
    command: verb,
    arguments: nonEmptyList(shown),
    ...userOf(verb, words),
    following: nonEmptyList(following),
  });
}

// Also commands that memcached, HTTP and FTP have, or that people type.
const ambiguousCommands: ReadonlySet<string> = new Set([
  ...inlineCommands,
  ...[
    "APPEND",
    "DECR",
    "DEL",
    "ECHO",
    "EXISTS",
    "EXPIRE",
    "GET",
    "HGETALL",
    "INCR",
    "LRANGE",
    "MGET",
    "QUIT",
    "RANDOMKEY",
  ],
  ...["RENAME", "ROLE", "SAVE", "SET", "SHUTDOWN", "STRLEN", "SUBSCRIBE", "SYNC", "TIME", "TTL", "TYPE", "WAIT"],
]);

/** If Redis is expected: any of these commands. https://redis.io/docs/latest/commands/ */
export function parseExpected(bytes: Uint8Array): Outcome<RedisCommand> {
  const proven = parse(bytes);
  if (proven.kind === "match" || bytes[0] === 0x2a) return proven;
  const first = readWholeCommandLine(new Reader(bytes), ambiguousCommands);
  if (first.kind !== "match") return first;
  const { verb, argument } = first.value;
  if (/ (?:HTTP|RTSP|SIP)\/\d/.test(argument)) return mismatch;
  const shown = shownArguments(verb, argument === "" ? [] : argument.split(/\s+/, 8).map((word) => fact(word)));
  return match({ command: verb, arguments: nonEmptyList(shown) });
}

/** The user of AUTH with two arguments, or of AUTH within HELLO (since Redis 6). */
function userOf(command: string, values: readonly string[]): { readonly user?: string } {
  const at =
    command === "AUTH" ? 0 : command === "HELLO" ? values.findIndex((value) => /^auth$/i.test(value)) + 1 : undefined;
  const isNamed = at !== undefined && (command === "AUTH" ? values.length === 2 : at > 0 && values.length > at + 1);
  return isNamed ? { user: fact(values[at] ?? "") } : {};
}

const withoutSecrets: ReadonlySet<string> = new Set(["SLAVEOF", "REPLICAOF", "MODULE", "SELECT", "CLIENT", "CLUSTER"]);

/** The arguments that may be shown: names, but no passwords and no stored values. */
function shownArguments(command: string, values: readonly string[]): readonly string[] {
  const [first] = values;
  if (first === undefined) return [];
  if (command === "AUTH") return ["***"];
  if (withoutSecrets.has(command)) return values;
  if (command === "CONFIG") {
    const isPublic = /^(?:dir|dbfilename|slave-read-only|replica-read-only|protected-mode)$/i.test(values[1] ?? "");
    return isPublic || first.toUpperCase() !== "SET" ? values : values.slice(0, 2);
  }
  return [first];
}

export const redis = protocol({
  name: "redis",
  strength: "strong",
  firstBytes: anyOf("*"),
  parse: parseResp,
  describe: (value) => ({ redis: { ...value } }),
  secrets: redisSecrets,
});

/** Commands typed as a line, without RESP. */
export const redisInline = protocol({
  name: "redis",
  strength: "weak",
  firstBytes: initialsOf("ABCDEFHIKLMPRS"),
  parse: parseInline,
  parseExpected,
  describe: (value) => ({ redis: { ...value } }),
  secrets: redisSecrets,
});
