import { readCommandLine } from "../command-line.ts";
import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, initialsOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";
import { natsSecrets } from "./secrets.ts";

/** The first command of a NATS client. Password, token and signature are not included. */
export interface NatsStart {
  /** The first command: `CONNECT`. */
  readonly command: string;
  readonly user?: string | undefined;
  /** The client's own name. */
  readonly name?: string | undefined;
  /** Language and version of the client library: `nats.js`, `2.29.3`. */
  readonly language?: string | undefined;
  readonly version?: string | undefined;
  /** Of SUB and PUB. */
  readonly subject?: string | undefined;
}

const verbs: ReadonlySet<string> = new Set(["CONNECT", "PING", "SUB", "PUB"]);
const connectAlone: ReadonlySet<string> = new Set(["CONNECT"]);

/**
 * Proof: CONNECT with a JSON object, or SUB or PUB with a subject and a number. `PING` alone may be Redis, so it is incomplete
 * until one of these follows. https://docs.nats.io/reference/reference-protocols/nats-protocol
 */
export function parse(bytes: Uint8Array): Outcome<NatsStart> {
  return parseLines(bytes, verbs);
}

/** If NATS is expected: also `PING` alone. */
export function parseExpected(bytes: Uint8Array): Outcome<NatsStart> {
  const proven = parse(bytes);
  if (proven.kind === "match") return proven;
  const first = readCommandLine(new Reader(bytes), verbs);
  if (first.kind !== "match") return first;
  const { verb, argument, ended } = first.value;
  if (verb !== "PING" || argument !== "") return proven;
  return ended ? match({ command: verb }) : incomplete;
}

/** The strong part: CONNECT with a JSON object as the first line. */
export function parseConnect(bytes: Uint8Array): Outcome<NatsStart> {
  return parseLines(bytes, connectAlone);
}

function parseLines(bytes: Uint8Array, verbs: ReadonlySet<string>): Outcome<NatsStart> {
  const reader = new Reader(bytes);
  for (let lines = 0; lines < 8; lines++) {
    const line = readCommandLine(reader, verbs);
    if (line.kind !== "match") return line;
    const { verb, argument, ended } = line.value;
    if (!ended) return mayBecome(reader, verb) ? incomplete : mismatch;
    if (verb === "CONNECT") return readConnect(argument);
    if (verb !== "PING") return readSubject(verb, argument);
    if (argument !== "") return mismatch;
    if (reader.remaining === 0) return incomplete;
  }
  return incomplete;
}

/** In HTTP a host follows CONNECT, in STOMP a line end. */
function mayBecome(reader: Reader, verb: string): boolean {
  if (verb !== "CONNECT") return true;
  let at = "CONNECT".length;
  while (reader.peek(at) === 0x20 || reader.peek(at) === 0x09) at++;
  return reader.peek(at) === 0x7b || reader.peek(at) === -1;
}

function readConnect(argument: string): Outcome<NatsStart> {
  if (!argument.startsWith("{")) return mismatch;
  let options: unknown;
  try {
    options = JSON.parse(argument);
  } catch {
    return mismatch;
  }
  if (typeof options !== "object" || options === null) return mismatch;
  const facts = new Map<string, unknown>(Object.entries(options));
  const text = (name: string): string | undefined => {
    const value = facts.get(name);
    return typeof value === "string" && value !== "" ? fact(value) : undefined;
  };
  const user = text("user");
  const name = text("name");
  const language = text("lang");
  const version = text("version");
  return match({
    command: "CONNECT",
    user,
    name,
    language,
    version,
  });
}

/** `SUB <subject> [queue group] <sid>`, `PUB <subject> [reply-to] <bytes>`. */
function readSubject(verb: string, argument: string): Outcome<NatsStart> {
  const isNumberLast = verb === "SUB" ? /^(\S+)( \S+)? \w+$/ : /^(\S+)( \S+)? \d{1,9}$/;
  const subject = isNumberLast.exec(argument)?.[1];
  return subject === undefined ? mismatch : match({ command: verb, subject: fact(subject) });
}

export const nats = protocol({
  name: "nats",
  strength: "strong",
  firstBytes: anyOf("Cc"),
  parse: parseConnect,
  describe: (value) => ({ nats: { ...value } }),
  secrets: natsSecrets,
});

/** Clients that send no CONNECT. Weak, because `PING` may be Redis, and an incomplete stronger protocol would delay it. */
export const natsWithoutConnect = protocol({
  name: "nats",
  strength: "weak",
  firstBytes: initialsOf(["PING", "SUB"]),
  parse,
  parseExpected,
  describe: (value) => ({ nats: { ...value } }),
  secrets: natsSecrets,
});
