import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const socks4 = protocol({
  name: "socks4",
  strength: "weak",
  firstBytes: oneOf(4),
  parse,
  describe: (value) => ({ socks4: { ...value } }),
});
