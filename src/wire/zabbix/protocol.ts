import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./parse.ts";

export const zabbix = protocol({
  name: "zabbix",
  strength: "strong",
  firstBytes: anyOf("Z"),
  parse,
  describe: (value) => ({ zabbix: { ...value } }),
});
