import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";
import { ldapSecrets } from "./secrets.ts";

export const ldap = protocol({
  name: "ldap",
  strength: "strong",
  firstBytes: oneOf(0x30),
  parse,
  describe: (value) => ({ ldap: { ...value } }),
  secrets: ldapSecrets,
});
