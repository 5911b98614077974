import { oneOf, protocol } from "../protocol.ts";
import { parse, parseExpected } from "./client.ts";

export const gearman = protocol({
  name: "gearman",
  strength: "strong",
  firstBytes: oneOf(0),
  parse,
  parseExpected,
  describe: (value) => ({ gearman: { ...value } }),
});
