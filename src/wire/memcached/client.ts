import type { Outcome } from "../outcome.ts";
import { initialsOf, oneOf, protocol } from "../protocol.ts";
import { parseBinary } from "./binary.ts";
import type { MemcachedCommand } from "./command.ts";
import { memcachedSecrets } from "./secrets.ts";
import { parseText } from "./text.ts";

/** Memcached: text commands, meta commands, or the binary protocol. See {@link parseText} and {@link parseBinary}. */
export function parse(bytes: Uint8Array): Outcome<MemcachedCommand> {
  return bytes[0] === 0x80 ? parseBinary(bytes) : parseText(bytes);
}

export const memcachedBinary = protocol({
  name: "memcached",
  strength: "medium",
  firstBytes: oneOf(0x80),
  parse: parseBinary,
  describe: (value) => ({ memcached: { ...value } }),
  secrets: memcachedSecrets,
});

/** Text and meta commands. */
export const memcached = protocol({
  name: "memcached",
  strength: "weak",
  firstBytes: initialsOf("gsarpcidtvfm"),
  parse: parseText,
  describe: (value) => ({ memcached: { ...value } }),
  secrets: memcachedSecrets,
});
