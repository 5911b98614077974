import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const distcc = protocol({
  name: "distcc",
  strength: "strong",
  firstBytes: anyOf("D"),
  parse,
  describe: (value) => ({ distcc: { ...value } }),
});
