import { protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const whois = protocol({
  name: "whois",
  strength: "weak",
  parseExpected: parse,
  describe: (value) => ({ whois: { ...value } }),
});
