import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const openvpn = protocol({
  name: "openvpn",
  strength: "medium",
  firstBytes: oneOf(0, 1, 2, 3, 4),
  parse,
  describe: (value) => ({ openvpn: { ...value } }),
});
