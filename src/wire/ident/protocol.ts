import { protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const ident = protocol({
  name: "ident",
  strength: "weak",
  parseExpected: parse,
  describe: (value) => ({ ident: { ...value } }),
});
