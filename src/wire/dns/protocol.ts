import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const dns = protocol({
  name: "dns",
  strength: "medium",
  firstBytes: oneOf(0, 1, 2, 3, 4),
  parse,
  describe: (value) => ({ dns: { ...value } }),
});
