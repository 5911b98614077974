import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const ethernetIp = protocol({
  name: "ethernet-ip",
  strength: "strong",
  firstBytes: oneOf(0x04, 0x63, 0x64, 0x65),
  parse,
  describe: (value) => ({ "ethernet-ip": { ...value } }),
});
