import { anyOf, protocol } from "../protocol.ts";
import { parse, parseExpected } from "./client.ts";

export const zabbix = protocol({
  name: "zabbix",
  strength: "strong",
  firstBytes: anyOf("Z"),
  parse,
  parseExpected,
  describe: (value) => ({ zabbix: { ...value } }),
});
