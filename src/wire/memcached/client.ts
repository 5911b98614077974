import type { Outcome } from "../outcome.ts";
import { parseBinary } from "./binary.ts";
import type { MemcachedCommand } from "./command.ts";
import { parseText } from "./text.ts";

/** Memcached: text commands, meta commands, or the binary protocol. */
export function parse(bytes: Uint8Array): Outcome<MemcachedCommand> {
  return bytes[0] === 0x80 ? parseBinary(bytes) : parseText(bytes);
}
