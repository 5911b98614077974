import { anyOf, protocol } from "../protocol.ts";
import { parse, parseExpected } from "./client.ts";

export const clamd = protocol({
  name: "clamd",
  strength: "medium",
  firstBytes: anyOf("nz"),
  parse,
  parseExpected,
  describe: (value) => ({ clamd: { ...value } }),
});
