import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";
import { svnSecrets } from "./secrets.ts";

export const svn = protocol({
  name: "svn",
  strength: "strong",
  firstBytes: anyOf("("),
  parse,
  describe: (value) => ({ svn: { ...value } }),
  secrets: svnSecrets,
});
