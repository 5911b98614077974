import { oneOf, protocol } from "../protocol.ts";
import { parse, snmpSecrets } from "./client.ts";

export const snmp = protocol({
  name: "snmp",
  strength: "medium",
  firstBytes: oneOf(0x30),
  parse,
  describe: (value) => ({ snmp: { ...value } }),
  secrets: snmpSecrets,
});
