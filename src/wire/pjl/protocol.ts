import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const pjl = protocol({
  name: "pjl",
  strength: "strong",
  firstBytes: anyOf("\u001b@"),
  parse,
  describe: (value) => ({ pjl: { ...value } }),
});
