import { protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const rsh = protocol({
  name: "rsh",
  strength: "weak",
  firstBytes: (byte) => byte === 0 || (byte >= 0x30 && byte <= 0x39),
  parse,
  describe: (value) => ({ rsh: { ...value } }),
});
