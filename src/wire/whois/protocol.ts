import { protocol } from "../protocol.ts";
import { parse } from "./parse.ts";

export const whois = protocol({
  name: "whois",
  strength: "weak",
  parseExpected: parse,
  describe: (value) => ({ whois: { ...value } }),
});
