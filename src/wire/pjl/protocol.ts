import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./parse.ts";

export const pjl = protocol({
  name: "pjl",
  strength: "strong",
  firstBytes: anyOf("\u001b@"),
  parse,
  describe: (value) => ({ pjl: { ...value } }),
});
