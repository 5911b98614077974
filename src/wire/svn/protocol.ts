import { fieldSecrets } from "../http/secrets.ts";
import { anyOf, protocol } from "../protocol.ts";
import { latin1, maximumInspectedBytes } from "../reader.ts";
import { parse } from "./parse.ts";

export const svn = protocol({
  name: "svn",
  strength: "strong",
  firstBytes: anyOf("("),
  parse,
  describe: (value) => ({ svn: { ...value } }),
  // In the address.
  secrets: (bytes) => fieldSecrets(latin1(bytes, 0, Math.min(bytes.length, maximumInspectedBytes))),
});
