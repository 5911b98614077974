import { initialsOf, oneOf, protocol } from "../protocol.ts";
import { parseBinary } from "./binary.ts";
import { memcachedSecrets } from "./secrets.ts";
import { parseText } from "./text.ts";

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
