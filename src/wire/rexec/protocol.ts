import { protocol } from "../protocol.ts";
import { parse, rexecSecrets } from "./client.ts";

export const rexec = protocol({
  name: "rexec",
  strength: "weak",
  parseExpected: parse,
  describe: (value) => ({ rexec: { ...value } }),
  secrets: rexecSecrets,
});
