import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./parse.ts";

export const stomp = protocol({
  name: "stomp",
  strength: "strong",
  firstBytes: anyOf("CS"),
  parse,
  describe: (value) => ({ stomp: { ...value } }),
});
