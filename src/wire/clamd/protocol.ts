import { anyOf, protocol } from "../protocol.ts";
import { parse, parseExpected } from "./parse.ts";

export const clamd = protocol({
  name: "clamd",
  strength: "medium",
  firstBytes: anyOf("nz"),
  parse,
  parseExpected,
  describe: (value) => ({ clamd: { ...value } }),
});
