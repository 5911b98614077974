import { nonEmptyFact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";
import type { MemcachedCommand } from "./command.ts";

interface Command {
  readonly name: string;
  /** Possible sizes of the extras, in bytes. */
  readonly extras: readonly number[];
  readonly key: "required" | "optional" | "none";
  readonly hasValue: boolean;
}

const storage = { extras: [8], key: "required", hasValue: true } as const;
const counter = { extras: [20], key: "required", hasValue: false } as const;
const lookup = { extras: [0], key: "required", hasValue: false } as const;
const bare = { extras: [0], key: "none", hasValue: false } as const;
const joining = { extras: [0], key: "required", hasValue: true } as const;

const commands: ReadonlyMap<number, Command> = new Map<number, Command>([
  [0x00, { name: "get", ...lookup }],
  [0x01, { name: "set", ...storage }],
  [0x02, { name: "add", ...storage }],
  [0x03, { name: "replace", ...storage }],
  [0x04, { name: "delete", ...lookup }],
  [0x05, { name: "incr", ...counter }],
  [0x06, { name: "decr", ...counter }],
  [0x07, { name: "quit", ...bare }],
  [0x08, { name: "flush", extras: [0, 4], key: "none", hasValue: false }],
  [0x09, { name: "getq", ...lookup }],
  [0x0a, { name: "noop", ...bare }],
  [0x0b, { name: "version", ...bare }],
  [0x0c, { name: "getk", ...lookup }],
  [0x0d, { name: "getkq", ...lookup }],
  [0x0e, { name: "append", ...joining }],
  [0x0f, { name: "prepend", ...joining }],
  [0x10, { name: "stat", extras: [0], key: "optional", hasValue: false }],
  [0x11, { name: "setq", ...storage }],
  [0x1c, { name: "touch", extras: [4], key: "required", hasValue: false }],
  [0x1d, { name: "gat", extras: [4], key: "required", hasValue: false }],
  // Couchbase: the key is the client's name, the value the requested features.
  [0x1f, { name: "hello", extras: [0], key: "optional", hasValue: true }],
  [0x20, { name: "sasl-list-mechanisms", ...bare }],
  [0x21, { name: "sasl-auth", ...joining }],
]);

const maxKeyBytes = 250;
const maxBodyBytes = 128 * 1024 * 1024;

/**
 * Proof: the magic number 0x80, a known command, and lengths of extras, key and body that agree with it and with each other.
 * https://github.com/memcached/memcached/wiki/BinaryProtocolRevamped
 */
export function parseBinary(bytes: Uint8Array): Outcome<MemcachedCommand> {
  const reader = new Reader(bytes);
  if (reader.remaining === 0) return incomplete;
  if (reader.u8() !== 0x80) return mismatch;
  const command = commands.get(reader.u8());
  if (reader.overrun) return incomplete;
  if (command === undefined) return mismatch;
  const keyBytes = reader.u16();
  const extrasBytes = reader.u8();
  const dataType = reader.u8();
  reader.u16();
  const bodyBytes = reader.u32();
  reader.skip(12);
  if (reader.overrun) return incomplete;
  if (dataType !== 0 || !command.extras.includes(extrasBytes) || keyBytes > maxKeyBytes) return mismatch;
  if (command.key === "required" ? keyBytes === 0 : command.key === "none" && keyBytes > 0) return mismatch;
  const valueBytes = bodyBytes - extrasBytes - keyBytes;
  if (valueBytes < 0 || bodyBytes > maxBodyBytes || (valueBytes > 0 && !command.hasValue)) return mismatch;
  const body = reader.view(bodyBytes);
  body.skip(extrasBytes);
  const key = body.text(keyBytes);
  const value = { encoding: "binary" as const, command: command.name };
  if (body.overrun) return match(value, false);
  return match({ ...value, key: nonEmptyFact(key) }, !body.cut);
}
