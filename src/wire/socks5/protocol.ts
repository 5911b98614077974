import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";
import { socks5Secrets } from "./secrets.ts";

export const socks5 = protocol({
  name: "socks5",
  strength: "medium",
  firstBytes: oneOf(5),
  parse,
  describe: (value) => ({ socks5: { ...value } }),
  secrets: socks5Secrets,
});
