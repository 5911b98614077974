import { anyOf, protocol } from "../protocol.ts";
import { parse, rsyncSecrets } from "./client.ts";

export const rsync = protocol({
  name: "rsync",
  strength: "strong",
  firstBytes: anyOf("@"),
  parse,
  describe: (value) => ({ rsync: { ...value } }),
  secrets: rsyncSecrets,
});
