import { protocol } from "../protocol.ts";
import { parse } from "./parse.ts";

export const gopher = protocol({
  name: "gopher",
  strength: "weak",
  parseExpected: parse,
  describe: (value) => ({ gopher: { ...value } }),
});
